"""Seed phrases in the two Chinese lists, with or without spaces between the characters.

A window of 12 to 24 characters is scored: how much likelier it is that they were drawn by lot
than that somebody wrote them (`han_language`). A good score alone is enough where the window is
set apart; inside a longer stretch it takes a right checksum, or a message that speaks of a seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, repeat
from itertools import chain as chain_items
from operator import add, sub
from typing import NamedTuple

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.han_chain import SPACED, Chain, all_han, find_chains
from bitp.policies.secrets.han_language import (
    CHARACTER_NUMBERS,
    OFF_LIST_WEIGHT,
    PAIR_WEIGHTS,
    RARE,
    WEIGHTS,
)
from bitp.policies.secrets.word_lists import PHRASE_SIZES, is_phrase

ALONE_SCORE_MIN = -45
"""Set apart, the checksum wrong: 2 phrases in 100 score lower, 1 sentence in 2,000 higher."""

CHECKED_SCORE_MIN = -130
"""Set apart, the checksum right: 1 random phrase in 10,000 scores lower."""

NAMED_SCORE_MIN = -260
"""Set apart, the checksum right, in a message that speaks of a seed."""

SPACED_SCORE_MIN = -160
"""Every character by itself, the checksum wrong: nearly nobody writes prose like that."""

SPACED_CHECKED_SCORE_MIN = -330
"""Every character by itself, the checksum right."""

INSIDE_SCORE_MIN = -60
"""In the middle of a longer stretch, the checksum right."""

LABELLED_SCORE_MIN = -75
"""In the middle of a longer stretch, in a message that speaks of a seed."""

LOWEST_SCORE, HIGHEST_SCORE = -3_000, 3_000
"""Beyond every score of twenty-four characters."""

SURE_SCORE_MIN = 40
"""In the middle of a longer stretch, the checksum wrong, nothing said of a seed."""

WIDENED_CHARS_MAX = 12
"""A part found inside a stretch grows by so many on each side where that betters its score."""

LONG_CHAIN_CHARACTERS = 96
"""Four phrases of the largest size."""

CHECKSUMS_MAX = 400
"""Checksums computed for one message; past them a good score counts as a right checksum."""

SMALLEST = PHRASE_SIZES[0]

# How the phrases of nothing but zeros and nothing but ones begin, in either list.
_ZEROS, _ONES = ([*CHARACTER_NUMBERS[0]][end] * 4 for end in (0, -1))
_RARE_TRIPLE = re.compile(f"[{RARE}].{{0,6}}[{RARE}].{{0,6}}[{RARE}]", re.DOTALL)


class Window(NamedTuple):
    """Part of a chain, and whether its checksum is right."""

    start: int
    end: int
    checksum: bool


class Checksums:
    """Computes at most `CHECKSUMS_MAX` of them, so that a hostile text costs no more."""

    def __init__(self) -> None:
        self.left = CHECKSUMS_MAX

    def right(self, characters: str) -> bool:
        if not self.left:
            return True
        self.left -= 1
        return any(
            is_phrase([numbers[character] for character in characters])
            for numbers in CHARACTER_NUMBERS
            if all(character in numbers for character in characters)
        )


def may_hold_han_phrase(text: str) -> bool:
    """Cheap: whether characters stand by themselves, or twelve in a row score well enough."""
    if text.isascii():
        return False
    if SPACED.search(text) or _ZEROS in text or _ONES in text:
        return True
    if "助记" in text or "助記" in text:
        return _best_score(text) > NAMED_SCORE_MIN
    return _RARE_TRIPLE.search(text) is not None and _best_score(text) > CHECKED_SCORE_MIN


def find_han_phrases(message: Message) -> Iterator[Found]:
    checksums = Checksums()
    for chain in find_chains(message.text, at_least=SMALLEST):
        sums = _running_scores(chain.characters)
        for group in _overlapping(_windows(chain, sums, checksums)):
            yield _report(chain, sums, group)


def _best_score(text: str) -> int:
    """Of any twelve in a row, gaps left out."""
    sums = _running_scores(all_han(text))
    return max(map(sub, sums[SMALLEST:], sums), default=LOWEST_SCORE)


def _running_scores(characters: str) -> list[int]:
    """Running sums of what each character, and each with the one before it, says."""
    pairs = map(add, characters, characters[1:])
    weights = map(WEIGHTS.get, characters, repeat(OFF_LIST_WEIGHT))
    pair_weights = map(PAIR_WEIGHTS.get, pairs, repeat(0))
    return list(accumulate(map(add, weights, chain_items([0], pair_weights)), initial=0))


def _windows(chain: Chain, sums: Sequence[int], checksums: Checksums) -> list[Window]:
    """The parts that look like phrases: those set apart, else those with a checksum, else any."""
    return (
        list(_set_apart(chain, sums, checksums))
        or list(_checked(chain, sums, checksums))
        or list(_unchecked(chain, sums))
    )


def _spans(sums: Sequence[int], score_min: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and score of every part of a usual size that scores better than the minimum."""
    for size in reversed(PHRASE_SIZES):
        for start, score in enumerate(map(sub, sums[size:], sums)):
            if score > score_min:
                yield start, start + size, score


def _set_apart(chain: Chain, sums: Sequence[int], checksums: Checksums) -> Iterator[Window]:
    """Every part of a usual size that begins and ends with a run and scores well enough.

    Parts of a part that is a phrase already are left out, in a long chain even without a checksum.
    """
    begins = [start for start, is_start in enumerate(chain.starts) if is_start]
    is_long = len(chain.characters) > LONG_CHAIN_CHARACTERS
    covered: Sequence[int] = [0] * len(chain.starts)
    for size in reversed(PHRASE_SIZES):
        ends = list(covered)
        for start in begins:
            end = start + size
            if end >= len(chain.starts):
                break
            if covered[start] >= end or not chain.starts[end]:
                continue
            window = _find_window(chain, sums[end] - sums[start], start, end, checksums)
            if window:
                yield window
                ends[start] = max(ends[start], end if window.checksum or is_long else 0)
        covered = list(accumulate(ends, max))


def _find_window(
    chain: Chain, score: int, start: int, end: int, checksums: Checksums
) -> Window | None:
    characters = chain.characters[start:end]
    enough, enough_checked = _scores_apart(chain, start, end)
    if len(set(characters)) * 2 <= end - start:
        enough_checked = LOWEST_SCORE
    right = score > enough_checked and checksums.right(characters)
    return Window(start, end, right) if right or score > enough else None


def _scores_apart(chain: Chain, start: int, end: int) -> tuple[int, int]:
    """The scores that are enough with a wrong and with a right checksum."""
    if chain.is_spaced(start, end):
        return NAMED_SCORE_MIN if chain.labelled else SPACED_SCORE_MIN, SPACED_CHECKED_SCORE_MIN
    if chain.has_comma(start, end) and not chain.labelled:
        return HIGHEST_SCORE, INSIDE_SCORE_MIN
    return ALONE_SCORE_MIN, NAMED_SCORE_MIN if chain.labelled else CHECKED_SCORE_MIN


def _checked(chain: Chain, sums: Sequence[int], checksums: Checksums) -> Iterator[Window]:
    enough = CHECKED_SCORE_MIN if chain.labelled else INSIDE_SCORE_MIN
    for start, end, _ in _spans(sums, enough):
        if checksums.right(chain.characters[start:end]):
            yield Window(start, end, True)


def _unchecked(chain: Chain, sums: Sequence[int]) -> Iterator[Window]:
    enough = LABELLED_SCORE_MIN if chain.labelled else SURE_SCORE_MIN
    for start, end, _ in _spans(sums, enough):
        if end - start == SMALLEST:
            yield Window(start, end, False)


def _overlapping(windows: Iterable[Window]) -> Iterator[list[Window]]:
    group: list[Window] = []
    reach = 0
    for window in sorted(windows):
        if group and window.start >= reach:
            yield group
            group = []
        group.append(window)
        reach = max(reach, window.end)
    if group:
        yield group


def _report(chain: Chain, sums: Sequence[int], group: Sequence[Window]) -> Found:
    start, end = group[0].start, max(window.end for window in group)
    right = [window.end - window.start for window in group if window.checksum]
    if not (right and chain.is_apart(start, end)):
        start, end = _widened(sums, start, end)
    characters = chain.characters[start:end]
    return Found(
        Kind.SEED_PHRASE,
        chain.places[start],
        chain.places[end - 1] + 1,
        max(right) if right else end - start,
        _grade(characters, bool(right)),
        characters,
    )


def _widened(sums: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """The ends moved outwards to where the score is best, so that no word of a phrase is left."""
    starts = range(start, max(0, start - WIDENED_CHARS_MAX) - 1, -1)
    ends = range(end, min(len(sums) - 1, end + WIDENED_CHARS_MAX) + 1)
    return min(starts, key=sums.__getitem__), max(ends, key=sums.__getitem__)


def _grade(characters: str, right: bool) -> Grade:
    if right:
        return Grade.CHECKSUM_OK
    if not all(character in WEIGHTS for character in characters):
        return Grade.MISSPELLED
    return Grade.CHECKSUM_FAILED if len(characters) in PHRASE_SIZES else Grade.PARTIAL
