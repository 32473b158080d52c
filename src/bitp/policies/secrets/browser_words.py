"""Writes the word data of the browser's redaction: `python -m bitp.policies.secrets.browser_words`.

The English list by its first four letters and its lengths, the simplified Chinese list by how much
a character speaks for a phrase, and the words that tell a key from a transaction. All of it in a
few kilobytes, from the same tables the server uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from bitp.policies.secrets import card, surroundings
from bitp.policies.secrets.finding import Kind
from bitp.policies.secrets.han_language import CHARACTER_NUMBERS, WEIGHTS
from bitp.policies.secrets.seed_phrase import EVERYDAY
from bitp.policies.secrets.word_lists import ABBREVIATION_LETTERS, read_words

TARGET = Path(__file__).parents[2] / "web" / "static" / "widget" / "redact-words.js"

EVERYDAY_LENGTHS = {str(length): "cdefgh"[length - 3] for length in range(3, 9)}
"""A word's length as written for everyday words; for all others it is the digit."""

HAN_WEIGHTS = (10, -10, -30)
"""The three weights the browser knows; in between is rounded to the nearest."""

GAP_BASE = 60
"""A gap below is one character of the first 60 signs; above, the other signs count sixties."""

GAP_SIGNS = "".join(chr(code) for code in range(35, 127) if chr(code) not in "\\`")

HEADER = "// Written by python -m bitp.policies.secrets.browser_words; never by hand.\n"


def render() -> str:
    constants = {
        "KINDS": "|".join(Kind),
        "ENGLISH": english(),
        "LENGTHS": lengths(),
        "HAN": dict(zip(map(str, HAN_WEIGHTS), han(), strict=True)),
        "SEED_WORDS": for_browser(surroundings.SEED_WORDS),
        "KEY_WORDS": for_browser(surroundings.KEY_WORDS),
        "TRANSACTION_WORDS": for_browser(surroundings.TRANSACTION_WORDS),
        "CARDS": for_browser(card.ISSUED),
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


def lengths() -> str:
    """One sign a word, in the same order."""
    return "".join(
        EVERYDAY_LENGTHS[str(len(word))] if word in EVERYDAY else str(len(word))
        for word in read_words("english")
    )


def han() -> list[str]:
    """For each weight its characters in code order, each as the gap from the one before."""
    groups: dict[int, list[int]] = {weight: [] for weight in HAN_WEIGHTS}
    for character in sorted(CHARACTER_NUMBERS[0]):
        nearest = min(HAN_WEIGHTS, key=lambda weight: abs(weight - WEIGHTS[character]))
        groups[nearest].append(ord(character))
    return [_gaps(codes) for codes in groups.values()]


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


def for_browser(pattern: re.Pattern[str]) -> str:
    """Without look-behind, which older browsers do not know."""
    edges = pattern.pattern.replace("(?<![a-z])", r"\b").replace("(?![a-z])", r"\b")
    assert "(?<" not in edges, pattern.pattern
    return edges


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
