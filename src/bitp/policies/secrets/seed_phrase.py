"""Seed phrases in the lists written with letters: a run of words that are all on one list.

Prose leaves the lists every few words; a phrase does not. A run is judged by its number of
words, its checksum, the way it is set apart, and what stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate
from operator import sub

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.surroundings import SEED_WORDS
from bitp.policies.secrets.word_lists import (
    ABBREVIATION_LETTERS,
    PHRASE_SIZES,
    is_phrase,
    read_everyday,
)
from bitp.policies.secrets.word_runs import Run, find_runs, may_hold_run

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


def find_seed_phrases(message: Message) -> Iterable[Found]:
    if not may_hold_run(message.lower):
        return ()
    return [_report(run) for run in find_runs(message.lower) if _is_phrase_like(message.lower, run)]


def _is_phrase_like(lower: str, run: Run) -> bool:
    size = len(run.words)
    if _has_right_checksum(run.numbers):
        return True
    everyday = _everyday_share(run)
    if _speaks_of_seed(lower, run):
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
    ahead = lower[max(0, run.start - CONTEXT_CHARS) : run.start]
    behind = lower[run.end : run.end + CONTEXT_CHARS]
    return bool(SEED_WORDS.search(ahead) or SEED_WORDS.search(behind))


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
    usual = _usual_separator(run)
    breaks = [at + 1 for at, separator in enumerate(run.separators) if separator != usual]
    if not breaks:
        return False
    ends = [0, *breaks, len(run.words)]
    longest = PHRASE_SIZES[-1]
    return any(
        end - start in PHRASE_SIZES
        for at, start in enumerate(ends)
        for end in ends[at + 1 : at + 1 + longest]
    )


def _has_right_checksum(numbers: Sequence[int | None]) -> bool:
    return (
        len(numbers) in PHRASE_SIZES
        and None not in numbers
        and is_phrase(number for number in numbers if number is not None)
    )


def _checksum_size(run: Run) -> int:
    """The largest usual size for which a part of the run has a right checksum; 0 for none."""
    count = len(run.numbers)
    if count > CHECKED_WORDS_MAX:
        return 0
    for size in reversed(PHRASE_SIZES):
        for start in range(count - size + 1):
            if _has_right_checksum(run.numbers[start : start + size]):
                return size
    return 0


def _report(run: Run) -> Found:
    size = _checksum_size(run)
    words = " ".join(word[0] for word in run.words)
    return Found(
        Kind.SEED_PHRASE, run.start, run.end, size or len(run.words), _grade(run, size), words
    )


def _grade(run: Run, checksum_size: int) -> Grade:
    if checksum_size:
        shortened = all(len(word[0]) <= ABBREVIATION_LETTERS for word in run.words)
        return Grade.ABBREVIATED if shortened else Grade.CHECKSUM_OK
    if None in run.numbers:
        return Grade.MISSPELLED
    return Grade.CHECKSUM_FAILED if len(run.words) in PHRASE_SIZES else Grade.PARTIAL
