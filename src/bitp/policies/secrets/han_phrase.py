"""Seed phrases in the two Chinese lists, with or without spaces between the characters.

A window of 12 to 24 characters is scored: how much likelier it is that they were drawn by lot
than that somebody wrote them (`han_language`). A good score alone is enough where the window is
set apart; inside a longer stretch it takes a right checksum, or a message that speaks of a seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from operator import sub
from typing import NamedTuple

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.han_language import (
    CHARACTER_NUMBERS,
    OFF_LIST_WEIGHT,
    PAIR_WEIGHT,
    PAIRS,
    RARE,
    WEIGHTS,
)
from bitp.policies.secrets.surroundings import SEED_WORDS
from bitp.policies.secrets.word_lists import PHRASE_SIZES, is_phrase

SPACED_SCORE_MIN = -160
"""Every character by itself: nearly nobody writes prose like that."""

CHECKED_SCORE_MIN = -130
"""Set apart or labelled, with a right checksum: 1 random phrase in 10,000 scores lower."""

LABELLED_SCORE_MIN = -110
"""Anywhere in a message that speaks of a seed."""

ALONE_SCORE_MIN = -85
"""Set apart, the checksum wrong: 2 random phrases in 1,000 score lower, 1 sentence in 500 higher."""

INSIDE_SCORE_MIN = -60
"""In the middle of a longer stretch, with a right checksum."""

CHECKSUMS_MAX = 400
"""Checksums computed for one message; past them a good score counts as a right checksum."""

CONTEXT_CHARS = 160
"""How far from a chain the message may speak of a seed."""

SMALLEST = PHRASE_SIZES[0]

_HAN = "㐀-䶿一-鿿"
_RUN = re.compile(f"[{_HAN}]+")
_LIGHT = r"\s,，、.;；()（）\[\]【】\"'“”‘’|/_*#·\-"
_SOFT_GAP = re.compile(rf"[{_LIGHT}]{{1,12}}|[{_LIGHT}:：]{{0,12}}\d{{1,2}}[{_LIGHT}:：]{{0,12}}")
_RARE_TRIPLE = re.compile(f"[{RARE}].{{0,6}}[{RARE}].{{0,6}}[{RARE}]", re.DOTALL)


class Chain(NamedTuple):
    """Characters with nothing but light punctuation between their runs.

    `places` are their offsets in the text; `starts[n]` says whether a run begins at n, and
    `runs_before[n]` how many do before n.
    """

    characters: str
    places: Sequence[int]
    starts: Sequence[bool]
    runs_before: Sequence[int]
    labelled: bool

    def is_apart(self, start: int, end: int) -> bool:
        return self.starts[start] and self.starts[end]

    def is_spaced(self, start: int, end: int) -> bool:
        """Whether every character stands by itself."""
        return self.runs_before[end] - self.runs_before[start] == end - start


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


def find_han_phrases(message: Message) -> Iterable[Found]:
    if not _RARE_TRIPLE.search(message.text):
        return ()
    return _find_phrases(message.lower)


def _find_phrases(text: str) -> Iterator[Found]:
    checksums = Checksums()
    for runs in _linked_runs(text):
        characters = "".join(run[0] for run in runs)
        if len(characters) < SMALLEST or not _may_hold_phrase(characters, len(runs)):
            continue
        chain = _chain(text, characters, runs)
        windows = list(_windows(chain, checksums))
        for group in _overlapping(windows):
            yield _report(chain, group)


def _linked_runs(text: str) -> Iterator[list[re.Match[str]]]:
    linked: list[re.Match[str]] = []
    for run in _RUN.finditer(text):
        if linked and not _SOFT_GAP.fullmatch(text, linked[-1].end(), run.start()):
            yield linked
            linked = []
        linked.append(run)
    yield linked


def _may_hold_phrase(characters: str, runs: int) -> bool:
    """Whether any twelve in a row score well enough, before words are looked for."""
    enough = SPACED_SCORE_MIN if runs >= SMALLEST else CHECKED_SCORE_MIN
    sums = list(accumulate(map(_weight, characters), initial=0))
    return max(map(sub, sums[SMALLEST:], sums)) > enough


def _weight(character: str) -> int:
    return WEIGHTS.get(character, OFF_LIST_WEIGHT)


def _chain(text: str, characters: str, runs: Sequence[re.Match[str]]) -> Chain:
    starts = [False] * len(characters) + [True]
    places: list[int] = []
    for run in runs:
        starts[len(places)] = True
        places += range(run.start(), run.end())
    nearby = text[max(0, places[0] - CONTEXT_CHARS) : places[-1] + CONTEXT_CHARS]
    labelled = SEED_WORDS.search(nearby) is not None
    return Chain(characters, places, starts, list(accumulate(starts, initial=0)), labelled)


def _running_scores(chain: Chain) -> list[int]:
    """Running sums; a pair counts where its characters stand side by side."""
    weights = [_weight(character) for character in chain.characters]
    for at, (left, right) in enumerate(pairwise(chain.characters), 1):
        if left + right in PAIRS and not chain.starts[at]:
            weights[at] += PAIR_WEIGHT
    return list(accumulate(weights, initial=0))


def _windows(chain: Chain, checksums: Checksums) -> list[Window]:
    """The parts that look like phrases: those set apart, else those with a checksum, else any."""
    sums = _running_scores(chain)
    return (
        list(_set_apart(chain, sums, checksums))
        or list(_checked(chain, sums, checksums))
        or list(_labelled(chain, sums))
    )


def _spans(sums: Sequence[int], score_min: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and score of every part of a usual size that scores better than the minimum."""
    for size in reversed(PHRASE_SIZES):
        for start, score in enumerate(map(sub, sums[size:], sums)):
            if score > score_min:
                yield start, start + size, score


def _set_apart(chain: Chain, sums: Sequence[int], checksums: Checksums) -> Iterator[Window]:
    for start, end, score in _spans(sums, SPACED_SCORE_MIN):
        if not chain.is_apart(start, end):
            continue
        enough = SPACED_SCORE_MIN if chain.is_spaced(start, end) else ALONE_SCORE_MIN
        right = score > CHECKED_SCORE_MIN and checksums.right(chain.characters[start:end])
        if right or score > enough:
            yield Window(start, end, right)


def _checked(chain: Chain, sums: Sequence[int], checksums: Checksums) -> Iterator[Window]:
    enough = CHECKED_SCORE_MIN if chain.labelled else INSIDE_SCORE_MIN
    for start, end, _ in _spans(sums, enough):
        if checksums.right(chain.characters[start:end]):
            yield Window(start, end, True)


def _labelled(chain: Chain, sums: Sequence[int]) -> Iterator[Window]:
    if not chain.labelled:
        return
    for start, end, _ in _spans(sums, LABELLED_SCORE_MIN):
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


def _report(chain: Chain, group: Sequence[Window]) -> Found:
    start, end = group[0].start, max(window.end for window in group)
    right = [window.end - window.start for window in group if window.checksum]
    length = max(right) if right else end - start
    characters = chain.characters[start:end]
    return Found(
        Kind.SEED_PHRASE,
        chain.places[start],
        chain.places[end - 1] + 1,
        length,
        _grade(characters, bool(right)),
        characters,
    )


def _grade(characters: str, right: bool) -> Grade:
    if right:
        return Grade.CHECKSUM_OK
    if not all(character in WEIGHTS for character in characters):
        return Grade.MISSPELLED
    return Grade.CHECKSUM_FAILED if len(characters) in PHRASE_SIZES else Grade.PARTIAL
