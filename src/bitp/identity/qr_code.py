"""QR codes as pictures that a strict page may show."""

from __future__ import annotations

import base64
from io import BytesIO

import qrcode  # type: ignore[import-untyped]
from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]


def drawn(text: str) -> str:
    """The text as a QR code: the address of an SVG picture for ``<img src>``."""
    picture = BytesIO()
    qrcode.make(text, image_factory=SvgPathImage).save(picture)
    return "data:image/svg+xml;base64," + base64.b64encode(picture.getvalue()).decode()
