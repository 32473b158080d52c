"""A piece of a message around what was found, with the places of it: text, never HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypedDict

from bitp.desk.search.terms import Term
from bitp.desk.search.tokens import PAIRED, folded, is_paired
from bitp.policies.secrets.finding import MASK_PATTERN

# Characters of a message that a result shows, and how many of them before the first place.
SNIPPET_CHARACTERS = 160
LEAD_CHARACTERS = 40
# What stands for a secret that was removed, in any language.
REMOVED = "•••"
_LETTER = f"[^\\W_{PAIRED}]"


class Piece(TypedDict):
    """A stretch of the snippet; ``hit``: whether it is what was searched for."""

    text: str
    hit: bool


def snippet_of(text: str, terms: Sequence[Term]) -> list[Piece]:
    """The snippet in pieces; its beginning when nothing is found in the text itself."""
    line = " ".join(MASK_PATTERN.sub(REMOVED, text).split())
    places = _places(line, terms)
    first = places[0][0] if places else 0
    start = max(0, min(first - LEAD_CHARACTERS, len(line) - SNIPPET_CHARACTERS))
    end = min(len(line), start + SNIPPET_CHARACTERS)
    inside = [(max(a, start), min(b, end)) for a, b in places if a < end and b > start]
    pieces = list(_cut(line, start, end, inside))
    if start > 0:
        pieces.insert(0, {"text": "…", "hit": False})
    if end < len(line):
        pieces.append({"text": "…", "hit": False})
    return pieces


def _cut(line: str, start: int, end: int, places: list[tuple[int, int]]) -> Iterator[Piece]:
    at = start
    for begins, ends in places:
        if begins > at:
            yield {"text": line[at:begins], "hit": False}
        yield {"text": line[begins:ends], "hit": True}
        at = ends
    if at < end:
        yield {"text": line[at:end], "hit": False}


def _places(line: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where the terms stand in the line, joined where they touch."""
    same, origin = _fold_with_origin(line)
    found = sorted(
        (origin[match.start()], origin[match.end() - 1] + 1)
        for term in terms
        for match in _pattern(term).finditer(same)
    )
    joined: list[tuple[int, int]] = []
    for begins, ends in found:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _fold_with_origin(line: str) -> tuple[str, Sequence[int]]:
    """The line as words are compared, and for each of its characters where it came from."""
    same = folded(line)
    if len(same) == len(line):
        return same, range(len(line))
    pairs = [(each, at) for at, one in enumerate(line) for each in folded(one)]
    return "".join(each for each, _ in pairs), [at for _, at in pairs]


@lru_cache(maxsize=256)
def _pattern(term: Term) -> re.Pattern[str]:
    """Finds a term in a folded line: its runs with anything but letters between them."""
    body = "[\\W_]*".join(re.escape(run) for run in term.runs)
    first, last = term.runs[0], term.runs[-1]
    before = "" if is_paired(first) else f"(?<!{_LETTER})"
    after = "" if is_paired(last) else f"{_LETTER}*" if term.goes_on else f"(?!{_LETTER})"
    return re.compile(before + body + after)
