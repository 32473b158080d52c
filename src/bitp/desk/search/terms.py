"""What somebody typed, as the terms that a message must all have.

Words in quotation marks (also “ ” and 「 」) are a phrase, word for word. Any other word of three
characters and more may go on: ``dep`` finds deposit. Parts joined by anything but space (BP-7K3M,
a@b.example, 0.5) stand side by side in that order, and the last may go on. Han is found wherever
it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bitp.desk.search.errors import TooLong
from bitp.desk.search.tokens import (
    RUN,
    WORD_CHARACTERS_MAX,
    folded,
    is_paired,
    pairs_of,
)

# A search longer than this is a text pasted by mistake; a transaction id is a third of it.
QUERY_CHARACTERS_MAX = 200
# Terms one search may have; each makes it slower and none of the later ones narrower.
TERMS_MAX = 12

# A lone word may go on from this length.
GOES_ON_CHARACTERS_MIN = 3

_QUOTES = re.compile('["“”„「」『』«»]')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand side by side; ``goes_on``: the last one may be the beginning of a token.

    runs: the same as people see it, for showing where it was found.
    """

    tokens: tuple[str, ...]
    goes_on: bool
    runs: tuple[str, ...]


def read_terms(query: str) -> list[Term]:
    """The terms of a query, none for one without words; raises TooLong."""
    if len(query) > QUERY_CHARACTERS_MAX:
        raise TooLong
    terms = list(dict.fromkeys(_terms(folded(query))))
    if len(terms) > TERMS_MAX:
        raise TooLong
    return terms


def _terms(query: str) -> Iterator[Term]:
    """Every other piece between quotation marks is a phrase; an unclosed one is none."""
    pieces = _QUOTES.split(query)
    for place, piece in enumerate(pieces):
        if place % 2 and place < len(pieces) - 1:
            yield from _term(RUN.findall(piece), is_phrase=True)
            continue
        for word in piece.split():
            for runs in _of_one_script(RUN.findall(word)):
                yield from _term(runs, is_phrase=False)


def _of_one_script(runs: list[str]) -> Iterator[list[str]]:
    """Each paired run alone, words of other scripts together: 充值btc are two terms."""
    together: list[str] = []
    for run in runs:
        if not is_paired(run):
            together.append(run)
            continue
        yield together
        yield [run]
        together = []
    yield together


def _term(runs: list[str], *, is_phrase: bool) -> Iterator[Term]:
    if not runs:
        return
    tokens: list[str] = []
    for run in runs[:-1]:
        tokens += [*pairs_of(run), run[-1]] if is_paired(run) else [run[:WORD_CHARACTERS_MAX]]
    last = runs[-1]
    if not is_paired(last):
        goes_on = not is_phrase and (len(runs) > 1 or len(last) >= GOES_ON_CHARACTERS_MIN)
        tokens.append(last[:WORD_CHARACTERS_MAX])
    else:
        # The text may go on behind it: a lone character is the beginning of a pair.
        goes_on = len(last) == 1
        tokens += [last] if goes_on else pairs_of(last)
    yield Term(tuple(tokens), goes_on, tuple(runs))
