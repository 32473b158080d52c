"""Words of a list written without spaces, and where one ends and the next begins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise

from bitp.policies.secrets.word_lists import ALPHABETIC, PHRASE_SIZES, SYLLABIC, WORDS, read_words

WORD_LETTERS_MIN = 3
WORD_LETTERS_MAX = 9
"""Of the lists whose words are parted here."""

GLUED_LETTERS_MIN = WORD_LETTERS_MIN * 2
"""Two words at least."""

PHRASE_LETTERS_MIN = WORD_LETTERS_MIN * PHRASE_SIZES[0]
"""The shortest phrase; so long a string of letters may also hold letters of no word."""

STRING_LETTERS_MAX = 2_000
"""Longer strings of letters are taken in parts."""

SLIP_LETTERS_MAX = 4
"""So much of a misspelled word may be left behind its first four letters."""

_LETTER_COST = 3
_WORD_COST = 1
"""A way through a string is the better the fewer letters it leaves, then the fewer its words."""

_PARTED = [n for n, language in enumerate(ALPHABETIC) if language not in SYLLABIC]
_ALL = sum(1 << n for n in _PARTED)


def cuts_of(strings: Sequence[tuple[int, str]]) -> Iterator[int]:
    """Places between words, for strings of letters given with their place in the text.

    All are read in one language, the one that most letters are words of.
    """
    covered = [_covered_by(string) for _, string in strings]
    position = _language(strings, covered)
    if position is None:
        return
    for (start, string), languages in zip(strings, covered, strict=True):
        if languages >> position & 1 or len(string) >= PHRASE_LETTERS_MIN:
            yield from (start + cut for cut in _cuts(string, position))


def _covered_by(string: str) -> int:
    """Bits of the lists that the whole string can be written in."""
    reached = [_ALL] + [0] * len(string)
    for end in range(WORD_LETTERS_MIN, len(string) + 1):
        for start in range(max(0, end - WORD_LETTERS_MAX), end - WORD_LETTERS_MIN + 1):
            if reached[start]:
                reached[end] |= reached[start] & WORDS.get(string[start:end], 0)
    return reached[-1]


def _language(strings: Sequence[tuple[int, str]], covered: Iterable[int]) -> int | None:
    """The list with the most letters in whole strings, or that leaves fewest of a long one."""
    letters = [0] * len(ALPHABETIC)
    for (_, string), languages in zip(strings, covered, strict=True):
        for position in _PARTED:
            letters[position] += len(string) * (languages >> position & 1)
    best = max(_PARTED, key=letters.__getitem__)
    if letters[best] >= PHRASE_LETTERS_MIN:
        return best
    longest = max((string for _, string in strings), key=len)[:STRING_LETTERS_MAX]
    if len(longest) < PHRASE_LETTERS_MIN:
        return None
    return min(_PARTED, key=lambda position: _ways(longest, position)[0][-1])


def _cuts(string: str, position: int) -> Iterator[int]:
    for offset in range(0, len(string), STRING_LETTERS_MAX):
        part = string[offset : offset + STRING_LETTERS_MAX]
        pieces = _pieces(part, position)
        for (start, end, _), (_, after, is_word) in pairwise(pieces):
            # «saus» and «ge» are one misspelled word.
            if is_word or after - end > SLIP_LETTERS_MAX or part[start:end] in _whole(position):
                yield offset + end


def _pieces(string: str, position: int) -> list[tuple[int, int, bool]]:
    """Start and end of each word, and of the letters between two words, which are none."""
    steps = _ways(string, position)[1]
    pieces: list[tuple[int, int, bool]] = []
    at = len(string)
    while at:
        start, is_word = at - steps[at], steps[at] > 1
        if pieces and not is_word and not pieces[-1][2]:
            pieces[-1] = (start, pieces[-1][1], False)
        else:
            pieces.append((start, at, is_word))
        at = start
    return pieces[::-1]


@cache
def _whole(position: int) -> frozenset[str]:
    return frozenset(read_words(ALPHABETIC[position]))


def _ways(string: str, position: int) -> tuple[list[int], list[int]]:
    """For each place the cost of the best way there, and the letters of its last step."""
    costs, steps = [0], [0]
    for end in range(1, len(string) + 1):
        cost, step = costs[end - 1] + _LETTER_COST, 1
        for letters in range(WORD_LETTERS_MIN, min(WORD_LETTERS_MAX, end) + 1):
            start = end - letters
            if costs[start] + _WORD_COST < cost and _is_on(string[start:end], position):
                cost, step = costs[start] + _WORD_COST, letters
        costs.append(cost)
        steps.append(step)
    return costs, steps


def _is_on(word: str, position: int) -> int:
    return WORDS.get(word, 0) >> position & 1
