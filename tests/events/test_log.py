"""The log: facts in order, numbered in streams, never outside a transaction."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from bitp.events.log import Envelope, Fact, append
from bitp.events.models import Event, Stream
from bitp.events.streams import entries_after, prune_streams, standing
from bitp.lib.clock import now_us

pytestmark = pytest.mark.django_db(transaction=True)

DAY_US = 24 * 3600 * 1_000_000


def write(*facts: Fact) -> list[int]:
    with transaction.atomic():
        return append(facts)


def test_a_fact_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        append([Fact("tested", {})])
    assert not Event.objects.exists()


def test_a_fact_of_a_change_that_failed_is_not_there() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        append([Fact("tested", {}, ("a",))])
        raise ZeroDivisionError
    assert not Event.objects.exists()
    assert standing("a").head == 0


def test_entries_are_numbered_from_one_without_gaps_in_each_stream() -> None:
    write(Fact("one", {}, ("a",)), Fact("two", {}, ("a", "b")), Fact("three", {}, ("b",)))
    write(Fact("four", {}, ("b",)))
    assert [(e.number, e.kind) for e in entries_after("a", 0, 10)] == [(1, "one"), (2, "two")]
    assert [(e.number, e.kind) for e in entries_after("b", 1, 10)] == [(2, "three"), (3, "four")]


def test_more_facts_than_one_statement_takes_keep_their_order() -> None:
    write(*(Fact(f"kind{n}", {}, ("a", f"s{n % 700}")) for n in range(1201)))
    assert [e.kind for e in entries_after("a", 0, 2000)] == [f"kind{n}" for n in range(1201)]
    assert [e.kind for e in entries_after("s3", 0, 9)] == ["kind3", "kind703"]


def test_the_envelope_is_kept_and_the_data_is_canonical() -> None:
    by = Envelope("staff", "7", "s1", cause=5)
    (pk,) = write(Fact("tested", {"b": 1, "a": "中"}, envelope=by, idempotency_key="k"))
    event = Event.objects.get(pk=pk)
    assert event.data == '{"a":"中","b":1}'
    assert (event.actor_kind, event.actor, event.actor_session, event.cause) == (
        "staff",
        "7",
        "s1",
        5,
    )
    assert json.loads(event.evidence) == {}


def test_pruning_keeps_the_last_thousand_and_every_event() -> None:
    old_us = now_us() - 31 * DAY_US
    write(*(Fact("old", {}, ("long",), at_us=old_us) for _ in range(1500)))
    write(*(Fact("old", {}, ("short",), at_us=old_us) for _ in range(10)))
    assert prune_streams(now_us()) == 500
    assert standing("long").floor == 500
    assert [e.number for e in entries_after("long", 0, 1)] == [501]
    assert len(entries_after("short", 0, 100)) == 10
    assert Event.objects.count() == 1510


def test_pruning_leaves_what_is_young() -> None:
    write(*(Fact("new", {}, ("a",)) for _ in range(1500)))
    assert prune_streams(now_us()) == 0
    assert Stream.objects.get(name="a").floor == 0
