"""The other ways in, as the chat names them; a way that is not connected is left out."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings


def _digits(address: str) -> str:
    return re.sub(r"[^0-9]", "", address)


_LINKS: dict[str, Callable[[str], str]] = {
    "email": lambda address: f"mailto:{address}",
    "phone": lambda address: f"tel:{'+' if address.startswith('+') else ''}{_digits(address)}",
    "x": lambda address: f"https://x.com/{address.lstrip('@')}",
    "facebook": lambda address: f"https://www.facebook.com/{address.lstrip('@')}",
    "telegram": lambda address: f"https://t.me/{address.lstrip('@')}",
    "whatsapp": lambda address: f"https://wa.me/{_digits(address)}",
}


def ways() -> list[dict[str, str]]:
    """[{kind, address, link}] of every connected channel, in the order people look for them."""
    addresses = settings.BITP_SUPPORT_CHANNELS
    return [
        {"kind": kind, "address": addresses[kind], "link": link(addresses[kind])}
        for kind, link in _LINKS.items()
        if addresses.get(kind)
    ]
