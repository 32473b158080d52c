"""The index beside the messages: what is put in and taken out, in the caller's transaction.

Beside its words each row has marks, which no query of a person can spell: the conversation, the
month, and whether it is a note. They narrow a search without looking at a single message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from django.db import connection

from bitp.desk.search.tokens import tokens_of
from bitp.lib.clock import from_us

DAY_US = 24 * 3600 * 1_000_000
NOTE = "_n"
_ADD = {
    "sqlite": "INSERT OR REPLACE INTO search_words (rowid, words) VALUES (%s, %s)",
    "postgresql": "INSERT INTO search_words (message_id, words) VALUES (%s, %s::tsvector) "
    "ON CONFLICT (message_id) DO UPDATE SET words = excluded.words",
}


class Entry(NamedTuple):
    """One message for the index. words: of tokens_of; reference: of its conversation."""

    message: int
    conversation: int
    reference: str
    number: int
    is_note: bool
    at_us: int
    words: str


def add_to_index(entries: Sequence[Entry]) -> None:
    """Puts messages into the index; one that is there already is replaced."""
    if connection.vendor == "sqlite":
        rows = [(each.message, _row(each)) for each in entries]
    else:
        rows = [(each.message, _vector(_row(each))) for each in entries]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD[connection.vendor], rows)


def _row(entry: Entry) -> str:
    """The tokens and marks of a message; the first one is also found by the reference."""
    marks = [conversation_mark(entry.conversation), month_mark(entry.at_us)]
    if entry.is_note:
        marks.append(NOTE)
    if entry.number == 1:
        marks.append(tokens_of(entry.reference))
    return f"{entry.words} {' '.join(marks)}"


def _vector(row: str) -> str:
    """The row as PostgreSQL's own notation: each token with its positions.

    Its parser would take references, addresses and amounts apart in its own way.
    """
    positions: dict[str, list[str]] = defaultdict(list)
    for position, token in enumerate(row.split(), 1):
        positions[token].append(str(position))
    return " ".join(f"{token}:{','.join(at)}" for token, at in positions.items())


def conversation_mark(conversation: int) -> str:
    """The token that only messages of this conversation have."""
    return f"_c{conversation}"


def month_mark(at_us: int) -> str:
    """The token of the month (UTC) in which a message was received."""
    return _month_of_day(at_us // DAY_US)


@lru_cache(maxsize=4096)
def _month_of_day(day: int) -> str:
    return from_us(day * DAY_US).strftime("_m%Y%m")
