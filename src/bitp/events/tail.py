"""Reading the whole log in an order that never skips a fact.

SQLite commits in the order of ids. PostgreSQL does not: ids are taken before commit, so a
reader that remembers the last id would skip a slower transaction's lower one. There the order
is (transaction id, id), read only below the oldest transaction still running.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from bitp.events.models import Consumer

Position = tuple[int, int]
START: Position = (0, 0)

_EVENT = 'e.id, e."transaction", e.kind, e.at_us, e.actor_kind, e.actor, e.data'


@dataclass(frozen=True, slots=True)
class Read:
    """One event of the log; ``data`` is canonical JSON text; streams: (name, number) pairs."""

    event: int
    transaction: int
    kind: str
    at_us: int
    actor_kind: str
    actor: str
    data: str
    streams: tuple[tuple[str, int], ...] = ()

    @property
    def position(self) -> Position:
        """Where this event stands in the log's order."""
        return (self.transaction, self.event)


def end() -> Position:
    """The position after everything that is settled now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1")
            return (int(cursor.fetchone()[0]), 2**62)
        cursor.execute("SELECT coalesce(max(id), 0) FROM events_event")
        return (0, int(cursor.fetchone()[0]))


def read_after(position: Position, limit: int) -> list[Read]:
    """Settled events after ``position``, in order, at most ``limit``, with their streams."""
    where, values = _after(position)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_EVENT} FROM events_event e WHERE {where} LIMIT %s", [*values, limit]
        )
        rows: list[tuple[int, int, str, int, str, str, str]] = cursor.fetchall()
        if not rows:
            return []
        streams = _streams_of(cursor, [row[0] for row in rows])
    return [Read(*row, streams=tuple(streams.get(row[0], ()))) for row in rows]


def _after(position: Position) -> tuple[str, list[int]]:
    if connection.vendor == "postgresql":
        settled = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        where = f'(e."transaction", e.id) > (%s, %s) AND e."transaction" < {settled}'
        return f'{where} ORDER BY e."transaction", e.id', list(position)
    return "e.id > %s ORDER BY e.id", [position[1]]


def _streams_of(cursor: CursorWrapper, ids: list[int]) -> dict[int, list[tuple[str, int]]]:
    low, high = min(ids), max(ids)
    found: dict[int, list[tuple[str, int]]] = {}
    cursor.execute(
        "SELECT n.event_id, s.name, n.number FROM events_streamentry n "
        "JOIN events_stream s ON s.id = n.stream_id "
        "WHERE n.event_id BETWEEN %s AND %s",
        [low, high],
    )
    for event, name, number in cursor.fetchall():
        found.setdefault(event, []).append((name, number))
    return found


def consume(
    name: str,
    handle: Callable[[list[Read]], None],
    limit: int = 200,
    *,
    from_now: bool = False,
    read: Callable[[Position, int], list[Read]] | None = None,
) -> int:
    """Hands the next events to ``handle`` and moves the consumer, in one transaction.

    If ``handle`` raises, nothing moved and the same events come again. Returns how many events
    were handed over. A new consumer starts at the log's beginning, or with ``from_now`` at its
    end: what was before, it finds as it stands. ``read``: in place of read_after.
    """
    # Read before the transaction: nobody waits for a reader, and an idle one locks nothing.
    found = Consumer.objects.filter(name=name).values_list("transaction", "event").first()
    if found is None and from_now:
        return _begin_now(name)
    events = (read or read_after)(found or START, limit)
    if not events:
        return 0
    with transaction.atomic():
        if not _move(name, found, events[-1].position):
            return 0
        handle(events)
    return len(events)


def _begin_now(name: str) -> int:
    """A new consumer's place behind everything there is."""
    here = dict(zip(("transaction", "event"), end(), strict=True))
    Consumer.objects.get_or_create(name=name, defaults=here)
    return 0


def _move(name: str, before: Position | None, after: Position) -> bool:
    """Whether the consumer stood at ``before``; another worker may have moved it meanwhile."""
    if before is None:
        _, is_new = Consumer.objects.get_or_create(
            name=name, defaults={"transaction": after[0], "event": after[1]}
        )
        return is_new
    here = Consumer.objects.filter(name=name, transaction=before[0], event=before[1])
    return here.update(transaction=after[0], event=after[1]) == 1


Consume = Callable[[list[Read]], None]
_consumers: dict[str, tuple[Consume, bool]] = {}


def consumes(name: str, *, from_now: bool = False) -> Callable[[Consume], Consume]:
    """Registers a reader of the whole log; the worker hands it each event once.

    ``from_now``: a new one is not handed what was before it.
    """

    def register(handle: Consume) -> Consume:
        _consumers[name] = (handle, from_now)
        return handle

    return register


def consume_all() -> int:
    """Gives every registered consumer its next events; returns how many were handed over."""
    read = cache(read_after)  # those who stand at the same place share what was read there
    return sum(
        consume(name, handle, from_now=from_now, read=read)
        for name, (handle, from_now) in _consumers.items()
    )
