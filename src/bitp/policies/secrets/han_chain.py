"""Chains of Chinese characters: runs that only light punctuation or numbering keeps apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from bitp.policies.secrets.surroundings import PHRASE_NAMES

CHAIN_CHARS_MAX = 2_000
"""Longer stretches without a full stop are taken in parts."""

CONTEXT_CHARS = 160
"""How far from a chain the message may speak of a seed."""

_HAN = "㐀-䶿一-鿿"
_RUN = re.compile(f"[{_HAN}]{{1,{CHAIN_CHARS_MAX}}}")
_LIGHT = r" \t\n\r\u00a0\u3000,，、.;；()（）\[\]【】\"'“”‘’|/_*#·\-"
_SOFT_GAP = re.compile(rf"[{_LIGHT}]{{1,12}}|[{_LIGHT}:：]{{0,12}}\d{{1,2}}[{_LIGHT}:：]{{0,12}}")
_SINGLE = rf"[{_HAN}][{_LIGHT}:：0-9]{{1,12}}"
SPACED = re.compile(rf"[{_LIGHT}:：0-9]{_SINGLE}{_SINGLE}{_SINGLE}")
"""Cheap: three characters in a row, each by itself."""

# Where chat words meet a phrase without a space: behind its name, or ahead of a request.
_SEAM = re.compile(
    r"(?:助记词|助記詞|种子|種子|恢复词|恢復詞|密语|密語|单词|單詞|短语|短語)(?:就是|分别是|如下|是|为|為)?"
    r"|(?=请|請|麻烦|麻煩|谢谢|謝謝|帮我|幫我|怎么|怎麼)"
)


class Chain(NamedTuple):
    """Characters with nothing but light punctuation between their runs.

    `places` are their offsets in the text; `starts[n]` says whether a run begins at n;
    `runs_before[n]` and `commas_before[n]` count the runs begun, and those begun behind a comma
    or the like, before n.
    """

    characters: str
    places: Sequence[int]
    starts: Sequence[bool]
    runs_before: Sequence[int]
    commas_before: Sequence[int]
    labelled: bool

    def is_apart(self, start: int, end: int) -> bool:
        return self.starts[start] and self.starts[end]

    def has_comma(self, start: int, end: int) -> bool:
        """Whether more than white space stands between the runs of a part."""
        return self.commas_before[end] > self.commas_before[start + 1]

    def is_spaced(self, start: int, end: int) -> bool:
        """Whether every character stands by itself."""
        return self.runs_before[end] - self.runs_before[start] == end - start


def all_han(text: str) -> str:
    return "".join(_RUN.findall(text))


def find_chains(text: str, at_least: int) -> Iterator[Chain]:
    for runs in _linked_runs(text):
        characters = "".join(run[0] for run in runs)
        if len(characters) >= at_least:
            yield _chain(text, characters, runs)


def _linked_runs(text: str) -> Iterator[list[re.Match[str]]]:
    linked: list[re.Match[str]] = []
    first = 0
    for run in _RUN.finditer(text):
        if linked and (
            run.end() - first > CHAIN_CHARS_MAX
            or not _SOFT_GAP.fullmatch(text, linked[-1].end(), run.start())
        ):
            yield linked
            linked = []
        if not linked:
            first = run.start()
        linked.append(run)
    yield linked


def _chain(text: str, characters: str, runs: Sequence[re.Match[str]]) -> Chain:
    starts = [False] * len(characters) + [True]
    commas = [False] * len(starts)
    places: list[int] = []
    for run in runs:
        starts[len(places)] = True
        commas[len(places)] = bool(places) and not text[places[-1] + 1 : run.start()].isspace()
        places += range(run.start(), run.end())
    for seam in _SEAM.finditer(characters):
        starts[seam.end()] = True
    nearby = text[max(0, places[0] - CONTEXT_CHARS) : places[-1] + CONTEXT_CHARS]
    return Chain(
        characters,
        places,
        starts,
        list(accumulate(starts, initial=0)),
        list(accumulate(commas, initial=0)),
        PHRASE_NAMES.search(nearby) is not None,
    )
