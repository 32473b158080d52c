"""Seed phrases in the lists written with letters: a run of words that are all on one list.

Prose leaves the lists every few words; a phrase does not. A run is judged by its number of
words, its checksum, the way it is set apart, and what stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.spelling import meant
from bitp.policies.secrets.surroundings import SEED_WORDS
from bitp.policies.secrets.word_lists import (
    ABBREVIATION_LETTERS,
    PHRASE_SIZES,
    is_phrase,
    read_everyday,
)
from bitp.policies.secrets.word_runs import Run, find_runs

CHECKED_WORDS_MAX = 36
"""Longer runs are removed without looking for a checksum inside."""

CONTEXT_CHARS = 160
"""How far from a run the message may speak of a seed."""

PROSE_SHARE = 0.5
"""Twelve words with this share of everyday ones are prose; 3 in 1,000 random phrases have it."""

SENTENCE_PROSE_SHARE = 0.25
"""The same for a run of an unusual number of words with plain spaces, like a sentence."""

LABELLED_PROSE_SHARE = 0.75
"""The same in a message that speaks of a seed."""

USUAL_SEPARATORS_SHARE = 0.75
"""Of the gaps in a phrase, so many are of the two commonest kinds, say a comma and a line break."""

EVERYDAY = frozenset(read_everyday("english"))


class Checked(NamedTuple):
    """Part of a run with a right checksum, after correcting one misspelled word at most."""

    start: int
    end: int
    numbers: Sequence[int]


def find_seed_phrases(message: Message) -> Iterator[Found]:
    for run in find_runs(message.lower):
        checked = _find_checked(run)
        if _is_phrase_like(message.lower, run, checked):
            yield _report(run, checked)


def _is_phrase_like(lower: str, run: Run, checked: Checked | None) -> bool:
    if checked and _is_set_apart(run, checked.start, checked.end):
        return True
    size = len(run.words)
    everyday = _everyday_share(run)
    # A right checksum counts like a label where chat words of the list stand right beside the
    # phrase: «… yellow code», «… yellow please help».
    if checked or _speaks_of_seed(lower, run):
        return everyday < LABELLED_PROSE_SHARE
    if size < PHRASE_SIZES[0] or everyday >= PROSE_SHARE or _is_source_code(run):
        return False
    if size in PHRASE_SIZES:
        return not _is_inside_list(run)
    is_sentence = set(run.separators) == {" "}
    return _has_phrase_set_apart(run) or (is_sentence and everyday < SENTENCE_PROSE_SHARE)


def _everyday_share(run: Run) -> float:
    """Of the twelve words in a row with the fewest: chat words beside a phrase are left out."""
    size = min(len(run.words), PHRASE_SIZES[0])
    everyday = [int(word[0] in EVERYDAY) for word in run.words]
    sums = list(accumulate(everyday, initial=0))
    return int(min(map(sub, sums[size:], sums))) / size


def _speaks_of_seed(lower: str, run: Run) -> bool:
    """In the words beside the run, or in its first ones: «seed phrase» is on the list itself."""
    around = lower[max(0, run.start - CONTEXT_CHARS) : run.end + CONTEXT_CHARS]
    return SEED_WORDS.search(around) is not None


def _is_inside_list(run: Run) -> bool:
    """Whether the same commas or line breaks go on beyond the run, to words off the list."""
    usual = _usual_separator(run)
    return usual != " " and usual in (run.ahead, run.behind)


def _is_source_code(run: Run) -> bool:
    """Whether now this and now that stands between the words."""
    usual = Counter(run.separators).most_common(2)
    return sum(count for _, count in usual) < len(run.separators) * USUAL_SEPARATORS_SHARE


def _usual_separator(run: Run) -> str:
    return Counter(run.separators).most_common(1)[0][0]


def _has_phrase_set_apart(run: Run) -> bool:
    """Whether whole lines or clauses of the run add up to a usual number of words."""
    ends = _clause_ends(run)
    if ends == [0, len(run.words)]:
        return False
    longest = PHRASE_SIZES[-1]
    return any(
        end - start in PHRASE_SIZES
        for at, start in enumerate(ends)
        for end in ends[at + 1 : at + 1 + longest]
    )


def _is_set_apart(run: Run, start: int, end: int) -> bool:
    return {start, end} <= set(_clause_ends(run))


def _clause_ends(run: Run) -> list[int]:
    """Numbers of words after which another separator than the usual one stands; 0 and all too."""
    usual = _usual_separator(run)
    breaks = [at + 1 for at, separator in enumerate(run.separators) if separator != usual]
    return [0, *breaks, len(run.words)]


def _find_checked(run: Run) -> Checked | None:
    """The largest part of a usual size with a right checksum."""
    count = len(run.numbers)
    if count > CHECKED_WORDS_MAX:
        return None
    for size in reversed(PHRASE_SIZES):
        for start in range(count - size + 1):
            numbers = _find_right_numbers(run, start, start + size)
            if numbers:
                return Checked(start, start + size, numbers)
    return None


def _find_right_numbers(run: Run, start: int, end: int) -> Sequence[int] | None:
    numbers = run.numbers[start:end]
    known = [number for number in numbers if number is not None]
    if len(known) == len(numbers):
        return known if is_phrase(known) else None
    if len(known) < len(numbers) - 1 or not _is_set_apart(run, start, end):
        return None
    at = numbers.index(None)
    for number in meant(run.words[start + at][0], run.language):
        corrected = [*known[:at], number, *known[at:]]
        if is_phrase(corrected):
            return corrected
    return None


def _report(run: Run, checked: Checked | None) -> Found:
    numbers: Sequence[int | None] = checked.numbers if checked else run.numbers
    # The same phrase gets the same fingerprint in capitals, shortened, or among chat words.
    secret = f"{run.language} {' '.join(map(str, numbers))}"
    words = run.words
    if checked and _is_set_apart(run, checked.start, checked.end):
        words = words[checked.start : checked.end]
    return Found(
        Kind.SEED_PHRASE,
        words[0].start(),
        words[-1].end(),
        len(numbers),
        _grade(run, checked is not None),
        secret,
    )


def _grade(run: Run, is_right: bool) -> Grade:
    if None in run.numbers:
        return Grade.MISSPELLED
    if is_right:
        shortened = all(len(word[0]) <= ABBREVIATION_LETTERS for word in run.words)
        return Grade.ABBREVIATED if shortened else Grade.CHECKSUM_OK
    return Grade.CHECKSUM_FAILED if len(run.words) in PHRASE_SIZES else Grade.PARTIAL
