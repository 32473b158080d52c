"""What a file is, told by its content and by nothing else; and a name that is safe to show."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import puremagic
from django.conf import settings

# The sender's type and the name's ending are claims. These bytes at both ends are looked at.
HEAD_BYTES = 64 * 1024
NAME_CHARACTERS_MAX = 100
UNKNOWN = "application/octet-stream"
ARCHIVE = "application/zip"
HTML, SVG, TEXT, CSV = "text/html", "image/svg+xml", "text/plain", "text/csv"
PICTURES = ("image/jpeg", "image/png", "image/webp", "image/gif")

# Endings a name may have; the first is given where it has none of them.
ENDINGS = {
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    "image/gif": ("gif",),
    "application/pdf": ("pdf",),
    TEXT: ("txt", "log", "md", "json"),
    CSV: ("csv",),
    "video/mp4": ("mp4", "m4v"),
    "video/quicktime": ("mov",),
    "video/webm": ("webm",),
    "audio/mpeg": ("mp3",),
    ARCHIVE: ("zip",),
    SVG: ("svg",),
    HTML: ("html",),
}
_SAME = {"application/x-matroska": "video/webm", "image/svg": SVG, "video/x-m4v": "video/mp4"}
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|iframe|svg|\?xml|!--)", re.IGNORECASE)
_SVG = re.compile(rb"<\s*(?:\w+:)?svg[\s/>]", re.IGNORECASE)
# No text has these; UTF-16 has the null, and begins with its mark.
_NOT_TEXT = re.compile(rb"[\x00-\x06\x0e-\x1a\x1c-\x1f]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Kind(NamedTuple):
    """A type, and the ending a name of it gets."""

    type: str
    ending: str


def decide(head: bytes, tail: bytes, name: str) -> str:
    """The type of a file with these first and last bytes; the name tells CSV from other text."""
    if _is_text(head):
        return _text_type(head, name)
    if head[:4] == b"PK\x03\x04":
        return ARCHIVE
    try:
        found = puremagic.magic_string(head + tail)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    types = [_SAME.get(each.mime_type, each.mime_type) for each in found]
    known = [each for each in types if each in ENDINGS and each not in {HTML, SVG, TEXT, CSV}]
    # A signature somewhere in the file is no type: the best match must be one of ours.
    return known[0] if known and types[0] in {known[0], ""} else UNKNOWN


def is_accepted(type_: str) -> bool:
    """Whether the installation takes files of this type."""
    return type_ in settings.ATTACHMENT_TYPES


def _is_text(head: bytes) -> bool:
    return head.startswith(_UTF_16) or not _NOT_TEXT.search(head)


def _text_type(head: bytes, name: str) -> str:
    if head.startswith(b"%PDF-"):
        return "application/pdf"
    if _SVG.search(head):
        return SVG
    if _MARKUP.search(head[:1024]):
        return HTML
    return CSV if name.lower().endswith(".csv") else TEXT


def safe_name(name: str, type_: str) -> str:
    """The name without paths, marks that hide or reorder, and endings that are not its own."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(
        each for each in name if unicodedata.category(each)[0] not in "CZ" or each == " "
    )
    name = re.sub(r'[<>:"|?*%\s]+', " ", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    known = ENDINGS.get(type_, ("bin",))
    if not dot or ending.lower() not in known:
        stem, ending = name, known[0]
    # "photo.exe.jpg" runs nowhere, but looks like a lie; "report 1.2" keeps its point.
    stem = re.sub(r"\.(?!\d)", "_", stem).strip(" .")[: NAME_CHARACTERS_MAX - len(ending) - 1]
    return f"{stem or 'file'}.{ending.lower()}"
