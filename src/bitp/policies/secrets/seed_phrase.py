"""Seed phrases in the lists written with letters: a run of words that are all on one list.

Prose leaves the lists every few words; a phrase does not. Runs are found first (numbers,
punctuation and line breaks between the words do not matter), then judged: by their number of
words, their checksum, the way they are set apart, and what stands beside them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.spelling import is_nearly_on_list
from bitp.policies.secrets.surroundings import SEED_WORDS
from bitp.policies.secrets.word_lists import (
    ABBREVIATION_LETTERS,
    ALPHABETIC,
    NUMBERS,
    PHRASE_SIZES,
    WORDS,
    is_phrase,
)

LABELLED_WORDS_MIN = 10
"""Words in a row that are removed when the message speaks of a seed: two short of a phrase."""

WORDS_MIN = PHRASE_SIZES[0]

UNBROKEN_WORDS_MIN = 5
"""Every phrase of twelve with one misspelling has six in a row; with two, nearly always five."""

GAP_CHARS_MAX = 40
"""Between two words of a phrase: numbering, table rules, a line break."""

CHECKED_WORDS_MAX = 48
"""Longer runs are removed without looking for a checksum inside."""

CONTEXT_CHARS = 160
"""How far from a run the message may speak of a seed."""

PROSE_SHARE = 0.4
"""A run with this share of everyday words is prose; 3 in 10,000 random phrases of twelve are."""

SPACED_PROSE_SHARE = 0.25
"""The same for a run of an unusual number of words with plain spaces, like a sentence."""

_WORD = re.compile(r"[a-zß-öø-ɏЀ-ҁぁ-ゖァ-ヺー가-힣]+")
_GAP = re.compile(r"[\W\d_第个個词詞一二三四五六七八九十号號位]*")
_NUMBERING = re.compile(r"[\d\s]+")
_UNBROKEN = b"\x01" * UNBROKEN_WORDS_MIN

_EVERYDAY = frozenset(
    "able about above across add again all almost already also always among any around ask away "
    "because become before begin behind below best better between call can change check come day "
    "decide early easy either else end enough ever exact expect explain few find first follow "
    "forget forward from general give glad good great half happy hard have help high hope hour "
    "into just keep kind know large later learn leave left like little live long make man may "
    "mean mention mind miss moment more morning move much must myself near need neither never "
    "next nice night nothing notice now off often okay old once one only open other over own "
    "people perfect person please possible problem put question quick ready real really reason "
    "receive remember right same say second seek sell send set should show side similar simple "
    "since small someone soon sorry speak start state stay still stop such sure talk tell term "
    "thank that then there they thing this thought three time today together tomorrow tonight "
    "toward true try turn two type under until unusual upon use used useful usual very view wait "
    "walk want way week what when where will wish word work world worry worth write wrong year "
    "you young zero".split()
)


class Run(NamedTuple):
    """Consecutive words of one list, with their places; a misspelled word has no number."""

    language: str
    words: Sequence[re.Match[str]]
    numbers: Sequence[int | None]

    @property
    def start(self) -> int:
        return self.words[0].start()

    @property
    def end(self) -> int:
        return self.words[-1].end()


def find_seed_phrases(message: Message) -> Iterable[Found]:
    if not _may_hold_phrase(message.lower):
        return ()
    return _find_phrases(message)


def _may_hold_phrase(lower: str) -> bool:
    words = _WORD.findall(lower)
    if len(words) < LABELLED_WORDS_MIN:
        return False
    return _UNBROKEN in bytes(map(WORDS.__contains__, words))


def _find_phrases(message: Message) -> Iterator[Found]:
    for stretch in _stretches(message.lower):
        found = [
            _report(run)
            for run in _runs(stretch)
            if _is_phrase_like(message.lower, run)
        ]
        yield from found


def _stretches(lower: str) -> Iterator[list[re.Match[str]]]:
    """Words with nothing but numbering and punctuation between them."""
    stretch: list[re.Match[str]] = []
    end = 0
    for word in _WORD.finditer(lower):
        if stretch and not _is_gap(lower, end, word.start()):
            yield stretch
            stretch = []
        stretch.append(word)
        end = word.end()
    yield stretch


def _is_gap(lower: str, start: int, end: int) -> bool:
    return end - start <= GAP_CHARS_MAX and _GAP.fullmatch(lower, start, end) is not None


def _runs(stretch: Sequence[re.Match[str]]) -> Iterator[Run]:
    lists = [WORDS.get(word[0], 0) for word in stretch]
    for position, language in enumerate(ALPHABETIC):
        on_list = bytes(bits >> position & 1 for bits in lists)
        if _UNBROKEN in on_list:
            yield from _runs_of(language, stretch, on_list)


def _runs_of(
    language: str, stretch: Sequence[re.Match[str]], on_list: bytes
) -> Iterator[Run]:
    numbers = NUMBERS[language]
    for start, end in _joined(language, stretch, on_list):
        words = stretch[start:end]
        yield Run(language, words, [numbers.get(word[0]) for word in words])


def _joined(
    language: str, stretch: Sequence[re.Match[str]], on_list: bytes
) -> Iterator[tuple[int, int]]:
    """Unbroken runs, joined over single misspelled words where the whole is long enough."""
    start = end = 0
    for unbroken in re.finditer(rb"\x01+", on_list):
        length = unbroken.end() - unbroken.start()
        joins = (
            unbroken.start() == end + 1
            and end - start + length >= LABELLED_WORDS_MIN - 1
            and is_nearly_on_list(stretch[end][0], language)
        )
        if not joins:
            yield from _long_enough(language, stretch, start, end)
            start = unbroken.start()
        end = unbroken.end()
    yield from _long_enough(language, stretch, start, end)


def _long_enough(
    language: str, stretch: Sequence[re.Match[str]], start: int, end: int
) -> Iterator[tuple[int, int]]:
    """The run, with a misspelled first or last word where it is one word short of a phrase."""
    if end - start < LABELLED_WORDS_MIN:
        return
    if end - start + 1 in PHRASE_SIZES:
        if start and is_nearly_on_list(stretch[start - 1][0], language):
            start -= 1
        elif end < len(stretch) and is_nearly_on_list(stretch[end][0], language):
            end += 1
    yield start, end


def _is_phrase_like(lower: str, run: Run) -> bool:
    size = len(run.words)
    if _speaks_of_seed(lower, run):
        return True
    if size < WORDS_MIN:
        return False
    everyday = sum(word[0] in _EVERYDAY for word in run.words) / size
    if size in PHRASE_SIZES:
        return everyday < PROSE_SHARE or _checksum_size(run) == size
    if everyday >= PROSE_SHARE:
        return False
    separators = _separators(lower, run)
    return _has_phrase_set_apart(separators) or (
        set(separators) == {" "} and everyday < SPACED_PROSE_SHARE
    )


def _speaks_of_seed(lower: str, run: Run) -> bool:
    ahead = lower[max(0, run.start - CONTEXT_CHARS) : run.start]
    behind = lower[run.end : run.end + CONTEXT_CHARS]
    return bool(SEED_WORDS.search(ahead) or SEED_WORDS.search(behind))


def _separators(lower: str, run: Run) -> list[str]:
    """What stands between the words, with numbering left out and a line break kept."""
    pairs = zip(run.words, run.words[1:], strict=False)
    between = (lower[left.end() : right.start()] for left, right in pairs)
    return [_NUMBERING.sub(" ", text) + "\n" * ("\n" in text) for text in between]


def _has_phrase_set_apart(separators: Sequence[str]) -> bool:
    """Whether whole lines or clauses of the run add up to a usual number of words."""
    usual = Counter(separators).most_common(1)[0][0]
    breaks = [0]
    breaks += [at + 1 for at, separator in enumerate(separators) if separator != usual]
    breaks.append(len(separators) + 1)
    if len(breaks) == 2:  # noqa: PLR2004 - only the two ends
        return False
    longest = PHRASE_SIZES[-1]
    for at, start in enumerate(breaks):
        sizes = {end - start for end in breaks[at + 1 : at + 1 + longest]}
        if sizes & set(PHRASE_SIZES):
            return True
    return False


def _checksum_size(run: Run) -> int:
    """The largest usual size for which a part of the run has a right checksum; 0 for none."""
    if len(run.words) > CHECKED_WORDS_MAX:
        return 0
    for size in reversed(PHRASE_SIZES):
        for start in range(len(run.words) - size + 1):
            part = [number for number in run.numbers[start : start + size] if number is not None]
            if is_phrase(part) and len(part) == size:
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
