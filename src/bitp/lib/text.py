"""Texts and languages."""

from __future__ import annotations

import re

LANGUAGES = ("zh-hans", "en")

# What nobody sees and what turns the text around it (UAX #9). Joiners stay: names of some scripts
# are written with them, and so are emoji.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e"
    r"\u2060-\u2069\ufeff\ud800-\udfff]"
)


def supported_language(tag: str) -> str:
    """The language of ours nearest to a tag such as ``zh-CN`` or ``en-GB``; English otherwise."""
    return "zh-hans" if tag.lower().startswith("zh") else "en"


def one_line(text: str) -> str:
    """A name or a mail's header as one line that says what it shows; empty if it shows nothing."""
    line = " ".join(_UNSEEN.sub("", text).split())
    return line if any(each.isprintable() for each in line.replace(" ", "")) else ""


def preview(text: str, characters: int = 80) -> str:
    """The first characters of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"
