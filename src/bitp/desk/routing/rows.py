"""The statements of the router, in plain SQL for SQLite and PostgreSQL.

States stand as literals where a partial index names them: SQLite uses it only then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from bitp.desk.routing.choosing import Waiting

# A chat that waits on the customer takes no attention after half an hour of silence.
QUIET_US = 30 * 60 * 1_000_000

_WAITING = "c.assignee_id IS NULL AND c.status = 'open' AND c.waiting_since_us > 0"
# The urgent ones, then the others: two reads, each in the order of an index or of very few rows.
_TURNS = (
    ("c.urgent_since_us > 0", "c.urgent_since_us"),
    ("c.urgent_since_us = 0", "c.waiting_since_us"),
)


def anybody_waits(queues: Sequence[str]) -> bool:
    """Whether a conversation of these queues waits for a person."""
    return bool(
        _rows(
            "SELECT 1 FROM conversations_conversation c "
            f"WHERE {_WAITING} AND c.queue IN ({_marks(queues)}) LIMIT 1",
            queues,
        )
    )


def lock_waiting(queue: str, languages: Sequence[str], limit: int) -> list[Waiting]:
    """Conversations of the queue in these languages, in turn, locked; others' are left out.

    (On SQLite the write lock is already ours.)
    """
    found: list[Waiting] = []
    for which, order in _TURNS:
        found += _lock_turn(which, order, queue, languages, limit - len(found))
    return found


def _lock_turn(
    which: str, order: str, queue: str, languages: Sequence[str], limit: int
) -> list[Waiting]:
    skip = "FOR UPDATE OF c SKIP LOCKED" if connection.vendor == "postgresql" else ""
    found = _rows(
        "SELECT c.id, c.reference, c.contact_id, k.reference, c.queue, c.topic, c.language, "
        "c.waiting_since_us, c.urgent_since_us FROM conversations_conversation c "
        "JOIN contacts_contact k ON k.id = c.contact_id "
        f"WHERE {_WAITING} AND c.queue = %s AND {which} "
        f"AND c.language IN ({_marks(languages)}) ORDER BY {order}, c.id LIMIT %s {skip}",
        [queue, *languages, limit],
    )
    return [Waiting(*row) for row in found]


def loads(members: Sequence[int], now_us: int) -> dict[int, int]:
    """How many chats each of the members has now: open ones, and those just answered."""
    return dict(
        _rows(
            "SELECT assignee_id, count(*) FROM conversations_conversation "
            f"WHERE assignee_id IN ({_marks(members)}) "
            "AND (status = 'open' OR (status = 'waiting' AND last_us > %s)) "
            "GROUP BY assignee_id",
            [*members, now_us - QUIET_US],
        )
    )


def assign(pairs: Sequence[tuple[int, int]]) -> int:
    """Gives conversations to members, as (member, conversation), unless somebody has them."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE conversations_conversation SET assignee_id = %s "
            "WHERE id = %s AND assignee_id IS NULL AND status = 'open'",
            list(pairs),
        )
        return int(cursor.rowcount)


def last_helpers(contacts: Sequence[int], after_us: int) -> dict[int, int]:
    """Contact → the member who joined one of their conversations last, after the moment."""
    return dict(
        _rows(
            "SELECT c.contact_id, p.member_id FROM conversations_participant p "
            "JOIN conversations_conversation c ON c.id = p.conversation_id "
            f"WHERE c.contact_id IN ({_marks(contacts)}) AND p.member_id IS NOT NULL "
            "AND p.joined_us > %s ORDER BY p.joined_us",
            [*contacts, after_us],
        )
    )


def overdue(queue: str, before_us: int, limit: int) -> list[int]:
    """Ids of open conversations in which nobody has answered since ``before_us``, not yet raised.

    Those that somebody has are among them: to be given to a person is not to be answered.
    """
    return [
        row[0]
        for assigned in ("c.assignee_id IS NULL", "c.assignee_id IN (SELECT id FROM staff_member)")
        for row in _rows(
            "SELECT c.id FROM conversations_conversation c "
            f"WHERE {assigned} AND c.status = 'open' AND c.waiting_since_us > 0 "
            "AND c.waiting_since_us <= %s AND c.raised_us < c.waiting_since_us AND c.queue = %s "
            "ORDER BY c.waiting_since_us LIMIT %s",
            [before_us, queue, limit],
        )
    ]


def _marks(values: Sequence[Any]) -> str:
    return ", ".join(["%s"] * len(values)) or "NULL"


def _rows(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        return list(cursor.fetchall())
