"""Reading streams: where one stands, what came after a number, pruning what is old."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from bitp.events.models import Stream

# A client that was away longer than this loads the page again (resync).
KEPT_US = 30 * 24 * 3600 * 1_000_000
# However old, this many entries of each stream are kept.
KEPT_ENTRIES = 1_000
# Streams pruned in one transaction, so that writers never wait long.
PRUNED_PER_TURN = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """Event of the log as a member of one stream; ``data`` is canonical JSON text."""

    stream: str
    number: int
    event: int
    kind: str
    at_us: int
    actor_kind: str
    actor: str
    data: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A stream's last number, and the number up to which entries were pruned."""

    head: int
    floor: int


def standing(stream: str) -> Standing:
    """Where the stream stands; head and floor 0 if nothing was ever entered."""
    row = Stream.objects.filter(name=stream).values_list("head", "floor").first()
    return Standing(*row) if row else Standing(0, 0)


def entries_after(stream: str, number: int, limit: int) -> list[Entry]:
    """Entries with a greater number, oldest first, at most ``limit``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.name, n.number, e.id, e.kind, e.at_us, e.actor_kind, e.actor, e.data "
            "FROM events_stream s "
            "JOIN events_streamentry n ON n.stream_id = s.id "
            "JOIN events_event e ON e.id = n.event_id "
            "WHERE s.name = %s AND n.number > %s ORDER BY n.number LIMIT %s",
            [stream, number, limit],
        )
        return [Entry(*row) for row in cursor.fetchall()]


def prune_streams(now_us: int) -> int:
    """Drops entries older than KEPT_US beyond the last KEPT_ENTRIES; returns how many.

    Events stay: only membership in streams goes.
    """
    dropped = 0
    last = 0
    while ids := list(
        Stream.objects.filter(pk__gt=last, head__gt=KEPT_ENTRIES)
        .order_by("pk")
        .values_list("pk", flat=True)[:PRUNED_PER_TURN]
    ):
        last = ids[-1]
        with transaction.atomic():
            dropped += sum(_prune(stream_id, now_us - KEPT_US) for stream_id in ids)
    return dropped


def _prune(stream_id: int, before_us: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(n.number) FROM events_streamentry n "
            "JOIN events_event e ON e.id = n.event_id "
            "JOIN events_stream s ON s.id = n.stream_id "
            "WHERE n.stream_id = %s AND e.at_us < %s AND n.number <= s.head - %s",
            [stream_id, before_us, KEPT_ENTRIES],
        )
        (upto,) = cursor.fetchone()
        if upto is None:
            return 0
        cursor.execute(
            "DELETE FROM events_streamentry WHERE stream_id = %s AND number <= %s",
            [stream_id, upto],
        )
        dropped = cursor.rowcount
        cursor.execute("UPDATE events_stream SET floor = %s WHERE id = %s", [upto, stream_id])
        return int(dropped)
