"""Asking the index: which messages have all terms, the latest first, in either database's way."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from bitp.desk.search.terms import Term

# Above every message's id.
LATEST = 2**63 - 1
_LATEST_FIRST = {
    "sqlite": "SELECT rowid FROM search_words WHERE search_words MATCH %s AND rowid < %s "
    "ORDER BY rowid DESC LIMIT %s",
    "postgresql": "SELECT message_id FROM search_words WHERE words @@ %s::tsquery "
    "AND message_id < %s ORDER BY message_id DESC LIMIT %s",
}
_BETWEEN = {
    "sqlite": "SELECT 1 FROM search_words WHERE search_words MATCH %s AND rowid >= %s "
    "AND rowid <= %s LIMIT 1",
    "postgresql": "SELECT 1 FROM search_words WHERE words @@ %s::tsquery AND message_id >= %s "
    "AND message_id <= %s LIMIT 1",
}


def matching_ids(
    terms: Sequence[Term], marks: Sequence[Sequence[str]], below: int, limit: int
) -> list[int]:
    """Ids of messages below ``below`` that have every term and one mark of each group of marks."""
    with connection.cursor() as cursor:
        expression = _expression(terms, marks)
        cursor.execute(_LATEST_FIRST[connection.vendor], [expression, below, limit])
        return [row[0] for row in cursor.fetchall()]


def marked_between(terms: Sequence[Term], mark: str, lowest: int, highest: int) -> bool:
    """Whether a message with all terms and this mark has an id from lowest to highest."""
    with connection.cursor() as cursor:
        expression = _expression(terms, [[mark]])
        cursor.execute(_BETWEEN[connection.vendor], [expression, lowest, highest])
        return cursor.fetchone() is not None


def _expression(terms: Sequence[Term], marks: Sequence[Sequence[str]]) -> str:
    if connection.vendor == "sqlite":
        parts = [_for_sqlite(term) for term in terms]
        groups = [" OR ".join(f'"{mark}"' for mark in group) for group in marks]
        return " AND ".join([*parts, *(f"({group})" for group in groups)])
    parts = [_for_postgresql(term) for term in terms]
    groups = [" | ".join(f"'{mark}'" for mark in group) for group in marks]
    return " & ".join([*(f"({part})" for part in parts), *(f"({group})" for group in groups)])


def _for_sqlite(term: Term) -> str:
    return f'"{" ".join(term.tokens)}"' + (" *" if term.goes_on else "")


def _for_postgresql(term: Term) -> str:
    return " <-> ".join(f"'{token}'" for token in term.tokens) + (":*" if term.goes_on else "")
