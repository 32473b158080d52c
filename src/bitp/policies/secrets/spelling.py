"""Whether a word is one slip of the finger away from a word on a list."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from bitp.policies.secrets.word_lists import SYLLABIC, numbers_of

MISSPELLED_LETTERS_MAX = 12
"""No list has a longer word than nine letters."""


def is_nearly_on_list(word: str, language: str) -> bool:
    """One letter left out, added, changed, or two swapped. Syllables are not compared."""
    if language in SYLLABIC:
        return True
    if not 2 < len(word) <= MISSPELLED_LETTERS_MAX:
        return False
    forms = numbers_of(language)
    return any(slip in forms for slip in _slips(word, _letters(language)))


def _slips(word: str, letters: str) -> Iterator[str]:
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]


@cache
def _letters(language: str) -> str:
    return "".join(sorted(set("".join(numbers_of(language)))))
