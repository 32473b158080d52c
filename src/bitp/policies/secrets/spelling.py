"""The words of a list that are one slip of the finger away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from bitp.policies.secrets.word_lists import SYLLABIC, numbers_of

MISSPELLED_LETTERS_MAX = 12
"""No list has a longer word than nine letters."""


def is_nearly_on_list(word: str, language: str) -> bool:
    """Whether some word or short form is one slip away. Syllables are not compared."""
    if language in SYLLABIC:
        return True
    return next(meant(word, language), None) is not None


def meant(word: str, language: str) -> Iterator[int]:
    """Numbers of the words it may be: one letter left out, added, changed, or two swapped."""
    if not 2 < len(word) <= MISSPELLED_LETTERS_MAX:
        return
    numbers = numbers_of(language)
    for slip in _slips(word, _letters(language)):
        if slip in numbers:
            yield numbers[slip]


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
