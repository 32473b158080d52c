"""What a sentence is looked at by: words, pairs of words, pieces of words, Han characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# What somebody wants stands in the first lines; a pasted log must not cost time.
CHARACTERS_MAX = 300
# Letters of a piece: long enough to mean something, short enough to outlive a slip.
PIECE = 4

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?|[\u3400-\u9fff]+")
_HAN_FIRST = "\u3400"


def fold(text: str, characters: int = CHARACTERS_MAX) -> str:
    """The beginning of the text in one width, without capitals, with plain apostrophes."""
    return unicodedata.normalize("NFKC", text[:characters]).casefold().replace("\u2019", "'")


def features(text: str) -> set[str]:
    """Features of a text as it was written; each once, however often it occurs."""
    found: set[str] = set()
    before = "^"
    for word in _WORD.findall(fold(text)):
        found.update(_of_han(word) if word >= _HAN_FIRST else _of_word(word))
        if word < _HAN_FIRST:
            found.add(f"{before} {word}")
            before = word
    return found


def _of_word(word: str) -> Iterator[str]:
    yield word
    marked = f"<{word}>"
    for start in range(len(marked) - PIECE + 1):
        yield marked[start : start + PIECE] + "_"


def _of_han(run: str) -> Iterator[str]:
    yield from run
    for length in (2, 3):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]
