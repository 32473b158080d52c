"""Sends: acknowledged once they are stored, never before, in order, never twice."""

from __future__ import annotations

import asyncio
import random

from bitp.live.batch import BATCH_MAX
from tests.live.harness import Friend, Live, in_loop, live, until
from tests.live.memory_inbound import MemoryInbound


def texts(inbound: MemoryInbound, stream: str) -> list[str]:
    return [entry.data["text"] for entry in inbound.streams.get(stream, [])]


async def conversation(running: Live, friend: Friend) -> str:
    """A conversation with one message."""
    return str((await friend.say("first", thread="t"))["conversation"])


@in_loop
async def test_a_send_is_acknowledged_with_its_number_and_text() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        ack = await alice.say("你好", thread="t1")
        assert (ack["result"], ack["number"], ack["text"], ack["thread"]) == (
            "accepted",
            1,
            "你好",
            "t1",
        )
        again = await alice.say("more", thread="t1")
        assert (again["conversation"], again["number"]) == (ack["conversation"], 2)


@in_loop
async def test_the_same_send_again_is_a_duplicate_and_another_text_a_conflict() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        first = await alice.say("once", cid="c1", thread="t")
        for _ in range(3):
            again = await alice.say("once", cid="c1", thread="t")
            assert (again["result"], again["number"]) == ("duplicate", first["number"])
        other = await alice.say("something else", cid="c1", thread="t")
        assert other["result"] == "conflict"
        assert texts(running.inbound, f"conversation/{first['conversation']}/customer") == ["once"]


@in_loop
async def test_nothing_is_acknowledged_before_the_commit() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        running.inbound.switches.gate.clear()
        await alice.tell("send", cid="c1", body="wait", thread="t")
        await until(lambda: running.inbound.calls.get("post_messages"))
        await alice.pong()
        assert not [frame for frame in alice.seen if frame["t"] == "ack"]
        running.inbound.switches.gate.set()
        assert (await alice.next("ack", cid="c1"))["result"] == "accepted"


@in_loop
async def test_what_arrives_while_a_commit_runs_is_the_next_batch() -> None:
    async with live(sends_per_s=10_000, frames_burst=10_000) as running:
        alice = await running.join("contact:alice")
        running.inbound.switches.gate.clear()
        await alice.tell("send", cid="first", body="x", thread="t")
        await until(lambda: running.inbound.calls.get("post_messages"))
        for number in range(450):
            await alice.tell("send", cid=f"c{number}", body="x", thread="t")
        await alice.pong()
        running.inbound.switches.gate.set()
        acks = [await alice.next("ack") for _ in range(451)]
        assert [ack["number"] for ack in acks] == list(range(1, 452))
        assert running.inbound.batches == [1, BATCH_MAX, BATCH_MAX, 50]


@in_loop
async def test_an_unknown_outcome_is_never_acknowledged_and_a_retry_tells() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        running.inbound.switches.loses_outcome = True
        lost = await alice.say("did it arrive?", cid="c1", conversation=reference)
        assert (lost["result"], lost["code"], lost["retry"]) == ("refused", "busy", True)
        running.inbound.switches.loses_outcome = False
        retried = await alice.say("did it arrive?", cid="c1", conversation=reference)
        assert (retried["result"], retried["number"]) == ("duplicate", 2)
        stored = texts(running.inbound, f"conversation/{reference}/customer")
        assert stored == ["first", "did it arrive?"]


@in_loop
async def test_while_the_database_is_away_senders_are_told_and_then_it_goes_on() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        running.inbound.switches.is_away = True
        for number in range(5):
            ack = await alice.say(f"{number}", cid=f"c{number}", conversation=reference)
            assert (ack["code"], ack["retry"]) == ("busy", True)
        running.inbound.switches.is_away = False
        for number in range(5):
            ack = await alice.say(f"{number}", cid=f"c{number}", conversation=reference)
            assert ack["result"] == "accepted"
        stored = texts(running.inbound, f"conversation/{reference}/customer")
        assert stored == ["first", "0", "1", "2", "3", "4"]


@in_loop
async def test_a_poisoned_message_refuses_itself_alone() -> None:
    async with live(sends_per_s=1000) as running:
        alice = await running.join("contact:alice")
        running.inbound.switches.gate.clear()
        await alice.tell("send", cid="first", body="x", thread="t")
        await until(lambda: running.inbound.calls.get("post_messages"))
        for number in range(100):
            body = "a null \x00 byte" if number == 50 else f"{number}"
            await alice.tell("send", cid=f"c{number}", body=body, thread="t")
        running.inbound.switches.gate.set()
        acks = {ack["cid"]: ack for ack in [await alice.next("ack") for _ in range(101)]}
        refused = [cid for cid, ack in acks.items() if ack["result"] == "refused"]
        assert refused == ["c50"]
        assert acks["c50"].get("retry", False) is False
        print("1 poisoned of 101 refused, 100 accepted")


@in_loop
async def test_a_locked_conversation_delays_itself_alone_and_keeps_its_order() -> None:
    async with live(sends_per_s=10_000, frames_burst=10_000) as running:
        alice, bob = await running.join("contact:alice"), await running.join("contact:bob")
        locked = await conversation(running, alice)
        free = await conversation(running, bob)
        running.inbound.switches.locked.add(locked)
        for number in range(300):
            await alice.tell("send", cid=f"a{number}", body=f"{number}", conversation=locked)
        for number in range(50):
            ack = await bob.say(f"{number}", conversation=free)
            assert ack["result"] == "accepted"
        await alice.pong()
        assert not [f for f in alice.seen if f["t"] == "ack" and f["cid"].startswith("a")]
        running.inbound.switches.locked.clear()
        acks = [await alice.next("ack") for _ in range(300)]
        assert [ack["cid"] for ack in acks] == [f"a{n}" for n in range(300)]
        assert texts(running.inbound, f"conversation/{locked}/customer") == [
            "first",
            *map(str, range(300)),
        ]
        print("300 sends held by a lock, 50 others passed, order kept")


@in_loop
async def test_a_lock_that_never_ends_is_answered_busy_for_the_whole_conversation() -> None:
    async with live(held_s=0.2) as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        running.inbound.switches.locked.add(reference)
        for number in range(5):
            await alice.tell("send", cid=f"c{number}", body="x", conversation=reference)
        acks = [await alice.next("ack") for _ in range(5)]
        assert {(ack["code"], ack["retry"]) for ack in acks} == {("busy", True)}
        assert running.gateway.writer.is_idle() or await until(running.gateway.writer.is_idle)
        assert texts(running.inbound, f"conversation/{reference}/customer") == ["first"]


@in_loop
async def test_too_many_waiting_sends_are_answered_busy_at_once() -> None:
    async with live(sends_waiting=10, sends_per_s=1000) as running:
        alice = await running.join("contact:alice")
        running.inbound.switches.gate.clear()
        await alice.tell("send", cid="first", body="x", thread="t")
        await until(lambda: running.inbound.calls.get("post_messages"))
        for number in range(15):
            await alice.tell("send", cid=f"c{number}", body="x", thread="t")
        acks = [await alice.next("ack") for _ in range(5)]
        assert [ack["cid"] for ack in acks] == [f"c{n}" for n in range(10, 15)]
        assert {ack["code"] for ack in acks} == {"busy"}
        running.inbound.switches.gate.set()
        assert len([await alice.next("ack", result="accepted") for _ in range(11)]) == 11


@in_loop
async def test_duplicated_and_reordered_sends_over_many_connections_store_each_once() -> None:
    chance = random.Random(7)
    async with live(sends_per_s=10_000, frames_burst=10_000) as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        wanted = [f"c{number}" for number in range(200)]
        tries = wanted * 3
        chance.shuffle(tries)
        tabs = [alice, *[await running.join("contact:alice") for _ in range(3)]]
        for cid in tries:
            tab = chance.choice(tabs)
            await tab.tell("send", cid=cid, body=f"text of {cid}", conversation=reference)
        for tab in tabs:
            await tab.pong()
        await until(lambda: running.gateway.writer.posted == 601)
        stored = texts(running.inbound, f"conversation/{reference}/customer")[1:]
        assert sorted(stored) == sorted(f"text of {cid}" for cid in wanted)
        print(f"{len(tries)} sends of {len(wanted)} messages over 4 tabs: each stored once")


@in_loop
async def test_a_sender_who_leaves_before_the_ack_finds_its_message_once() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        running.inbound.switches.gate.clear()
        await alice.tell("send", cid="c1", body="going through a tunnel", conversation=reference)
        await until(lambda: running.inbound.calls["post_messages"] == 2)
        alice.socket.transport.abort()
        await until(lambda: len(running.gateway.clients) == 0)
        running.inbound.switches.gate.set()
        again = await running.join("contact:alice")
        ack = await again.say("going through a tunnel", cid="c1", conversation=reference)
        assert ack["result"] == "duplicate"
        assert running.inbound.conversations[reference].number == 2


@in_loop
async def test_nobody_writes_into_another_customers_conversation() -> None:
    async with live() as running:
        alice, mallory = await running.join("contact:alice"), await running.join("contact:mallory")
        reference = await conversation(running, alice)
        ack = await mallory.say("let me in", conversation=reference)
        assert (ack["result"], ack["code"]) == ("refused", "not_found")
        assert running.inbound.conversations[reference].number == 1


@in_loop
async def test_a_closed_conversation_and_an_empty_text_are_told_apart() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        reference = await conversation(running, alice)
        assert (await alice.say("  ", conversation=reference))["code"] == "empty"
        running.inbound.conversations[reference].is_closed = True
        assert (await alice.say("hello?", conversation=reference))["code"] == "closed"


@in_loop
async def test_both_sides_converse_and_each_gets_every_message_once() -> None:
    async with live(sends_per_s=1000) as running:
        alice, carol = await running.join("contact:alice"), await running.join("staff:carol")
        reference = await conversation(running, alice)
        await alice.follow(f"conversation/{reference}/customer")
        await carol.follow(f"conversation/{reference}/staff")
        for number in range(20):
            await alice.tell("send", cid=f"a{number}", body=f"a{number}", conversation=reference)
            await carol.tell("send", cid=f"c{number}", body=f"c{number}", conversation=reference)
        got = await asyncio.gather(*(_events(friend, 41) for friend in (alice, carol)))
        assert [e["n"] for e in got[0]] == [e["n"] for e in got[1]] == list(range(1, 42))
        assert [e["data"] for e in got[0]] == [e["data"] for e in got[1]]


@in_loop
async def test_a_note_reaches_staff_and_never_the_customer() -> None:
    async with live() as running:
        alice, carol = await running.join("contact:alice"), await running.join("staff:carol")
        reference = await conversation(running, alice)
        await alice.follow(f"conversation/{reference}/customer", 1)
        await carol.follow(f"conversation/{reference}/staff", 1)
        await carol.say("he sounds pressed", conversation=reference, note=True)
        assert (await carol.next("event"))["data"]["text"] == "he sounds pressed"
        await carol.say("How can I help?", conversation=reference)
        event = await alice.next("event")
        assert (event["n"], event["data"]["text"]) == (2, "How can I help?")
        assert "pressed" not in repr(alice.seen)


async def _events(friend: Friend, count: int) -> list[dict[str, object]]:
    events = [frame for frame in friend.seen if frame["t"] == "event"]
    while len(events) < count:
        events.append(await friend.next("event"))
    return events
