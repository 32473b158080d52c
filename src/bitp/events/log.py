"""Appending facts to the log, in the transaction of the change they record.

Plain SQL: this is on the way of every message. The same statements run on SQLite and
PostgreSQL; tests/events runs them on both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction

from bitp.lib.canonical import canonical_json
from bitp.lib.clock import now_us

# Rows in one INSERT: well below SQLite's 32,766 and PostgreSQL's 65,535 bound values.
ROWS_PER_STATEMENT = 500
# Listeners on PostgreSQL wake at this channel.
CHANNEL = "bitp_log"


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who did it, for whom, on what proof. Ids and plain facts only, never personal text.

    actor_kind: "contact" | "staff" | "customer" | "program" | "system"; evidence: canonical JSON;
    grant, case, request: references; cause: id of the event that led to this one.
    """

    actor_kind: str = "system"
    actor: str = ""
    actor_session: str = ""
    on_behalf_of: str = ""
    evidence: str = "{}"
    grant: str = ""
    case: str = ""
    request: str = ""
    cause: int = 0


SYSTEM = Envelope()


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened, and the streams it becomes an entry of.

    digest: salted, of the content it points to; at_us: microseconds, 0 for now.
    """

    kind: str
    data: dict[str, Any]
    streams: tuple[str, ...] = ()
    envelope: Envelope = field(default=SYSTEM)
    digest: str = ""
    idempotency_key: str = ""
    version: int = 1
    at_us: int = 0


# The program whose request is being answered: (its id, on behalf of whom it acts).
_program: ContextVar[tuple[str, str] | None] = ContextVar("program", default=None)


@contextmanager
def acting_program(program: str, on_behalf_of: str) -> Iterator[None]:
    """Whatever people's facts are appended meanwhile were the program's doing, and say so."""
    before = _program.set((program, on_behalf_of))
    try:
        yield
    finally:
        _program.reset(before)


def _who_acts(envelope: Envelope) -> Envelope:
    """The envelope, with the program that acts in the place of a person; ours stay ours."""
    program = _program.get()
    if program is None or envelope.actor_kind == "system":
        return envelope
    return replace(
        envelope, actor_kind="program", actor=program[0], on_behalf_of=program[1], actor_session=""
    )


COLUMNS = (
    "transaction",
    "kind",
    "version",
    "at_us",
    "actor_kind",
    "actor",
    "actor_session",
    "on_behalf_of",
    "evidence",
    '"grant"',
    '"case"',
    "request",
    "cause",
    "idempotency_key",
    "digest",
    "data",
)


def append(facts: Sequence[Fact]) -> list[int]:
    """Appends the facts in order and returns their event ids.

    Must run inside ``transaction.atomic()``: a fact without its change, or a change without its
    fact, cannot be. Stream numbers are taken under the lock of the stream's row.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("append() outside a transaction")
    if not facts:
        return []
    ids: list[int] = []
    for start in range(0, len(facts), ROWS_PER_STATEMENT):
        ids += _insert_events(facts[start : start + ROWS_PER_STATEMENT])
    _enter_streams(facts, ids)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")
    return ids


def _insert_events(facts: Sequence[Fact]) -> list[int]:
    names = ", ".join(f'"{name}"' if name[0] != '"' else name for name in COLUMNS)
    moment_us = now_us()
    # The writing transaction is known to PostgreSQL only.
    own = "pg_current_xact_id()::text::bigint" if connection.vendor == "postgresql" else "0"
    row = f"({own}, " + ", ".join(["%s"] * (len(COLUMNS) - 1)) + ")"
    values: list[Any] = []
    for fact in facts:
        values += _row(fact, moment_us)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO events_event ({names}) VALUES {', '.join([row] * len(facts))} "
            "RETURNING id",
            values,
        )
        # Ids are given in the order of the rows; the order of returned rows is not promised.
        return sorted(each[0] for each in cursor.fetchall())


def _row(fact: Fact, moment_us: int) -> tuple[str | int, ...]:
    by = _who_acts(fact.envelope)
    return (
        fact.kind,
        fact.version,
        fact.at_us or moment_us,
        by.actor_kind,
        by.actor,
        by.actor_session,
        by.on_behalf_of,
        by.evidence,
        by.grant,
        by.case,
        by.request,
        by.cause,
        fact.idempotency_key,
        fact.digest,
        canonical_json(fact.data),
    )


def _enter_streams(facts: Sequence[Fact], ids: Sequence[int]) -> None:
    members: dict[str, list[int]] = {}
    for fact, event_id in zip(facts, ids, strict=True):
        for stream in fact.streams:
            members.setdefault(stream, []).append(event_id)
    # Sorted, so that two transactions lock the streams they share in the same order.
    names = sorted(members)
    for start in range(0, len(names), ROWS_PER_STATEMENT):
        some = names[start : start + ROWS_PER_STATEMENT]
        _insert_entries(members, _advance({name: len(members[name]) for name in some}))


def _advance(counts: dict[str, int]) -> Iterable[tuple[int, str, int]]:
    """Adds to each stream's head; returns (stream id, name, new head) under the rows' locks."""
    values: list[str | int] = []
    for name, count in counts.items():
        values += (name, count)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO events_stream (name, head, floor) "
            f"VALUES {', '.join(['(%s, %s, 0)'] * len(counts))} "
            "ON CONFLICT (name) DO UPDATE SET head = events_stream.head + excluded.head "
            "RETURNING id, name, head",
            values,
        )
        return list(cursor.fetchall())


def _insert_entries(
    members: dict[str, list[int]], advanced: Iterable[tuple[int, str, int]]
) -> None:
    rows = [
        (stream_id, number, event_id)
        for stream_id, name, head in advanced
        for number, event_id in enumerate(members[name], start=head - len(members[name]) + 1)
    ]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), ROWS_PER_STATEMENT):
            some = rows[start : start + ROWS_PER_STATEMENT]
            cursor.execute(
                "INSERT INTO events_streamentry (stream_id, number, event_id) "
                f"VALUES {', '.join(['(%s, %s, %s)'] * len(some))}",
                [value for each in some for value in each],
            )
