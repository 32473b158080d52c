"""Reading the whole log: nothing skipped, nothing twice, on both databases."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import connection, transaction

from bitp.events import tail
from bitp.events.log import Fact, append
from bitp.events.models import Consumer

pytestmark = pytest.mark.django_db(transaction=True)


def write(*kinds: str) -> None:
    with transaction.atomic():
        append([Fact(kind, {}, ("s",)) for kind in kinds])


def test_the_tail_starts_at_the_end_and_brings_what_comes_with_its_streams() -> None:
    write("before")
    position = tail.end()
    write("a", "b")
    read = tail.read_after(position, 10)
    assert [(r.kind, r.streams) for r in read] == [("a", (("s", 2),)), ("b", (("s", 3),))]
    assert tail.read_after(read[-1].position, 10) == []


def test_a_consumer_reads_each_event_once_and_moves_with_its_own_transaction() -> None:
    write("a", "b", "c")
    seen: list[str] = []
    assert tail.consume("c1", lambda events: seen.extend(e.kind for e in events), limit=2) == 2
    assert tail.consume("c1", lambda events: seen.extend(e.kind for e in events)) == 1
    assert tail.consume("c1", lambda events: seen.extend(e.kind for e in events)) == 0
    assert seen == ["a", "b", "c"]


def test_a_consumer_that_fails_gets_the_same_events_again() -> None:
    write("a")

    def fail(events: list[tail.Read]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tail.consume("c1", fail)
    seen: list[str] = []
    tail.consume("c1", lambda events: seen.extend(e.kind for e in events))
    assert seen == ["a"]


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
def test_of_two_workers_that_read_the_same_events_one_hands_them_over(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def note(events: list[tail.Read]) -> None:
        seen.extend(each.kind for each in events)

    if known:
        write("before")
        tail.consume("c1", note)
    write("a", "b")
    read_after = tail.read_after

    def be_overtaken(position: tail.Position, limit: int) -> list[tail.Read]:
        events = read_after(position, limit)
        monkeypatch.setattr(tail, "read_after", read_after)
        assert tail.consume("c1", note) == 2
        return events

    monkeypatch.setattr(tail, "read_after", be_overtaken)
    assert tail.consume("c1", note) == 0
    assert seen[-2:] == ["a", "b"]
    assert len(seen) == 2 + known


def test_consumers_at_the_same_place_share_what_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: dict[str, list[str]] = {"c1": [], "c2": [], "c3": []}
    monkeypatch.setattr(tail, "_consumers", {})

    def note(kinds: list[str], events: list[tail.Read]) -> None:
        kinds.extend(each.kind for each in events)

    for name, kinds in seen.items():
        tail.consumes(name)(partial(note, kinds))
    write("a", "b")
    tail.consume("c3", partial(note, seen["c3"]), limit=1)
    reads: list[tail.Position] = []
    read_after = tail.read_after

    def count(position: tail.Position, limit: int) -> list[tail.Read]:
        reads.append(position)
        return read_after(position, limit)

    monkeypatch.setattr(tail, "read_after", count)
    assert tail.consume_all() == 5
    assert len(reads) == 2
    assert seen == {"c1": ["a", "b"], "c2": ["a", "b"], "c3": ["a", "b"]}
    assert tail.consume_all() == 0


def test_an_idle_consumer_takes_no_lock() -> None:
    assert tail.consume("idle", lambda events: None) == 0
    assert not Consumer.objects.exists()


@pytest.mark.postgres
def test_commits_out_of_order_skip_nothing() -> None:
    """Transactions take their ids early and commit late, in every order; a reader runs along."""
    rounds, writers = 40, 4
    seen: list[int] = []
    position = tail.end()
    for _ in range(rounds):
        position = _round(writers, position, seen)
    events = rounds * writers
    print(f"out-of-order commits: {events} events, {len(seen)} read, {events - len(seen)} skipped")
    assert len(seen) == len(set(seen)) == events


def _round(writers: int, position: tail.Position, seen: list[int]) -> tail.Position:
    """Writers append in order and commit in reverse; the reader looks after each commit."""
    appended = [threading.Event() for _ in range(writers)]
    may_commit = [threading.Event() for _ in range(writers)]
    committed = [threading.Event() for _ in range(writers)]

    def run(number: int) -> None:
        try:
            with transaction.atomic():
                append([Fact("tested", {"n": number}, (f"stream{number}",))])
                appended[number].set()
                may_commit[number].wait(10)
            committed[number].set()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(writers)]
    for number, thread in enumerate(threads):
        thread.start()
        assert appended[number].wait(10)
    for number in reversed(range(writers)):
        may_commit[number].set()
        assert committed[number].wait(10)
        for read in tail.read_after(position, 100):
            seen.append(read.event)
            position = read.position
    for thread in threads:
        thread.join(10)
    return position
