"""Runs of words that are all on one list, with a single misspelled word here and there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import and_
from typing import NamedTuple

from bitp.policies.secrets.spelling import is_nearly_on_list
from bitp.policies.secrets.word_lists import ALPHABETIC, PHRASE_SIZES, WORDS, numbers_of

RUN_WORDS_MIN = 10
"""Shorter runs are not looked at: a phrase has twelve words."""

UNBROKEN_WORDS_MIN = 6
"""Every phrase of twelve with one misspelling has six in a row that are right."""

GAP_CHARS_MAX = 40
"""Between two words of a phrase: numbering, table rules, a line break."""

LETTER = "[a-zß-öø-ʯͰ-ϿЀ-ԯᴀ-ᴫぁ-ゖァ-ヺー가-힣ꜱ]"
"""Of the lists, and of the scripts whose letters look like theirs."""

WORD = re.compile(f"{LETTER}+")
_GAP = re.compile(r"[\W\d_第个個词詞单單字序编編一二三四五六七八九十号號位]*")
_NUMBERING = re.compile(r"[\d\s]+")
_UNBROKEN = b"\x01" * UNBROKEN_WORDS_MIN

Words = Sequence[re.Match[str]]


class Run(NamedTuple):
    """Consecutive words of one list and what stands between them.

    `separators` has no numbering left, and a line break for every gap with one. `ahead` and
    `behind` are the separators to the words beside the run, empty where there is none.
    A misspelled word has no number.
    """

    language: str
    words: Words
    numbers: Sequence[int | None]
    separators: Sequence[str]
    ahead: str
    behind: str

    @property
    def start(self) -> int:
        return self.words[0].start()

    @property
    def end(self) -> int:
        return self.words[-1].end()


def on_lists(words: Sequence[str]) -> bytes:
    """1 for each word that is on any list, 0 for the others."""
    return bytes(map(WORDS.__contains__, words))


def may_hold_run(words: Sequence[str], on_list: bytes) -> bool:
    """Cheap: whether enough words in a row are on one list. `words` are all of the text."""
    if len(words) < RUN_WORDS_MIN or _UNBROKEN not in on_list:
        return False
    lists = [WORDS.get(word, 0) for word in words]
    two = list(map(and_, lists, lists[1:]))
    four = list(map(and_, two, two[2:]))
    return any(map(and_, four, two[4:]))


def find_runs(lower: str) -> Iterator[Run]:
    for stretch in _stretches(lower):
        lists = [WORDS.get(word[0], 0) for word in stretch]
        for position, language in enumerate(ALPHABETIC):
            on_list = bytes(bits >> position & 1 for bits in lists)
            if _UNBROKEN in on_list:
                for start, end in _joined(language, stretch, on_list):
                    yield _run(lower, language, stretch, start, end)


def _stretches(lower: str) -> Iterator[Words]:
    """Words with nothing but numbering and punctuation between them."""
    stretch: list[re.Match[str]] = []
    for word in WORD.finditer(lower):
        if stretch and not _is_gap(lower, stretch[-1].end(), word.start()):
            yield stretch
            stretch = []
        stretch.append(word)
    yield stretch


def _is_gap(lower: str, start: int, end: int) -> bool:
    return end - start <= GAP_CHARS_MAX and _GAP.fullmatch(lower, start, end) is not None


def _joined(language: str, stretch: Words, on_list: bytes) -> Iterator[tuple[int, int]]:
    """Unbroken runs, joined over single misspelled words where the whole is long enough."""
    start = end = 0
    for unbroken in re.finditer(rb"\x01+", on_list):
        length = unbroken.end() - unbroken.start()
        joins = (
            unbroken.start() == end + 1
            and end - start + length >= RUN_WORDS_MIN - 1
            and is_nearly_on_list(stretch[end][0], language)
        )
        if not joins:
            yield from _long_enough(language, stretch, start, end)
            start = unbroken.start()
        end = unbroken.end()
    yield from _long_enough(language, stretch, start, end)


def _long_enough(language: str, stretch: Words, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The run, with a misspelled first or last word where it is one word short of a phrase."""
    if end - start < RUN_WORDS_MIN:
        return
    if end - start + 1 in PHRASE_SIZES:
        if start and is_nearly_on_list(stretch[start - 1][0], language):
            start -= 1
        elif end < len(stretch) and is_nearly_on_list(stretch[end][0], language):
            end += 1
    yield start, end


def _run(lower: str, language: str, stretch: Words, start: int, end: int) -> Run:
    beside = stretch[max(0, start - 1) : end + 1]
    separators = [_separator(lower[left.end() : right.start()]) for left, right in pairwise(beside)]
    ahead = separators.pop(0) if start else ""
    behind = separators.pop() if end < len(stretch) else ""
    words = stretch[start:end]
    numbers = [numbers_of(language).get(word[0]) for word in words]
    return Run(language, words, numbers, separators, ahead, behind)


def _separator(text: str) -> str:
    return _NUMBERING.sub(" ", text) + "\n" * ("\n" in text)
