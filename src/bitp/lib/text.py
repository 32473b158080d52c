"""Texts and languages."""

from __future__ import annotations

LANGUAGES = ("zh-hans", "en")


def supported_language(tag: str) -> str:
    """The language of ours nearest to a tag such as ``zh-CN`` or ``en-GB``; English otherwise."""
    return "zh-hans" if tag.lower().startswith("zh") else "en"


def preview(text: str, characters: int = 80) -> str:
    """The first characters of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= characters else line[: characters - 1] + "…"
