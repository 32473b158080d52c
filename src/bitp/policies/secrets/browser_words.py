"""Writes the word data of the browser's redaction: `python -m bitp.policies.secrets.browser_words`.

The English list by its first four letters, the rarer half of the simplified Chinese list, and the
words that tell a key from a transaction. All of it in a few kilobytes, from the same tables the
server uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from bitp.policies.secrets import surroundings
from bitp.policies.secrets.finding import Kind
from bitp.policies.secrets.han_language import CHARACTER_NUMBERS, WEIGHTS
from bitp.policies.secrets.word_lists import ABBREVIATION_LETTERS, read_words

TARGET = Path(__file__).parents[2] / "web" / "static" / "widget" / "redact-words.js"

GAP_BASE = 60
"""A gap below is one character of the first 60 signs; above, the other signs count sixties."""

GAP_SIGNS = "".join(chr(code) for code in range(35, 127) if chr(code) not in "\\`")

HEADER = "// Written by python -m bitp.policies.secrets.browser_words; never by hand.\n"


def render() -> str:
    constants = {
        "KINDS": "|".join(Kind),
        "ENGLISH": english(),
        "RARE": rare(),
        "SEED_WORDS": for_browser(surroundings.SEED_WORDS, only_simplified=True),
        "KEY_WORDS": for_browser(surroundings.KEY_WORDS, only_simplified=True),
        "TRANSACTION_WORDS": for_browser(surroundings.TRANSACTION_WORDS),
    }
    lines = (
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n"
        for name, value in constants.items()
    )
    return HEADER + "".join(lines)


def english() -> str:
    """The first four letters of each word, as a walk: 1 and 0 stand before a new first and second
    letter, a capital is a new third one, and each small letter (or _ for none) ends a word."""
    written: list[str] = []
    before = "____"
    for word in read_words("english"):
        prefix = word[:ABBREVIATION_LETTERS].ljust(ABBREVIATION_LETTERS, "_")
        if prefix[0] != before[0]:
            written.append("1" + prefix[0])
        if prefix[:2] != before[:2]:
            written.append("0" + prefix[1])
        if prefix[:3] != before[:3]:
            written.append(prefix[2].upper())
        written.append(prefix[3])
        before = prefix
    return "".join(written)


def rare() -> str:
    """The simplified characters that speak for a phrase, each as the gap from the one before."""
    return _gaps(sorted(ord(c) for c in CHARACTER_NUMBERS[0] if WEIGHTS[c] > 0))


def _gaps(codes: Iterable[int]) -> str:
    written: list[str] = []
    for before, code in pairwise([0x4E00 - 1, *codes]):
        sixties, rest = divmod(code - before, GAP_BASE)
        while sixties:
            step = min(sixties, len(GAP_SIGNS) - GAP_BASE)
            written.append(GAP_SIGNS[GAP_BASE + step - 1])
            sixties -= step
        written.append(GAP_SIGNS[rest])
    return "".join(written)


def for_browser(pattern: re.Pattern[str], *, only_simplified: bool = False) -> str:
    """Without look-behind, which older browsers do not know.

    With `only_simplified`, without the words of other scripts, which only cost a finding. The
    names of transactions stay in all scripts: without one a transaction would be taken for a key.
    """
    edges = pattern.pattern.replace("(?<![a-z])", r"\b").replace("(?![a-z])", r"\b")
    assert "(?<" not in edges, pattern.pattern
    if not only_simplified:
        return edges
    simplified, traditional = map(set, CHARACTER_NUMBERS)
    other = re.compile(f"[^\0-\x7f㐀-鿿]|[{''.join(sorted(traditional - simplified))}]")
    return "|".join(part for part in edges.split("|") if not other.search(part))


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
