"""Streams: from a number to live without a gap and nothing twice, or an honest resync."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from bitp.live.catchup import HELD_MAX
from bitp.live.following import PAGE_ENTRIES
from bitp.live.inbound import Replay
from tests.live.harness import Friend, Live, in_loop, live, until
from tests.live.memory_inbound import MemoryInbound

STREAM = "contact/alice"


async def joined(running: Live) -> Friend:
    return await running.join("contact:alice", streams=[STREAM])


async def numbers(friend: Friend, upto: int, stream: str = STREAM) -> list[int]:
    """The numbers of the stream's events that came, until ``upto`` came."""
    while True:
        got = [f["n"] for f in friend.seen if f["t"] == "event" and f["stream"] == stream]
        if got and got[-1] >= upto:
            return got
        await friend.next("event", stream=stream)


def filled(count: int) -> MemoryInbound:
    inbound = MemoryInbound()
    for number in range(1, count + 1):
        inbound.append(STREAM, text=f"{number}")
    return inbound


@pytest.mark.parametrize("after", [0, 1, 7, 9, 10])
@in_loop
async def test_entries_after_the_asked_number_come_and_then_live_ones(after: int) -> None:
    async with live(filled(10)) as running:
        alice = await joined(running)
        assert (await alice.follow(STREAM, after))["head"] == 10
        running.inbound.append(STREAM, text="live")
        assert await numbers(alice, 11) == list(range(after + 1, 12))


@in_loop
async def test_many_entries_come_page_by_page() -> None:
    async with live(filled(4 * PAGE_ENTRIES + 3)) as running:
        alice = await joined(running)
        await alice.follow(STREAM)
        assert await numbers(alice, 4 * PAGE_ENTRIES + 3) == list(range(1, 4 * PAGE_ENTRIES + 4))
        assert running.inbound.calls["replay"] == 5


@pytest.mark.parametrize(
    ("after", "pruned", "why"),
    [(2, 5, "the log no longer has it"), (0, 0, "too far"), (999, 0, "from a future")],
)
@in_loop
async def test_what_cannot_be_replayed_is_a_resync_and_no_gap(
    after: int, pruned: int, why: str
) -> None:
    async with live(filled(40), replay_entries=30) as running:
        running.inbound.prune(STREAM, pruned)
        alice = await joined(running)
        await alice.tell("subscribe", stream=STREAM, n=after)
        assert (await alice.next("resync"))["head"] == 40, why
        running.inbound.append(STREAM)
        await alice.pong()
        assert not [f for f in alice.seen if f["t"] in ("event", "subscribed")]
        await alice.follow(STREAM, 40)
        assert await numbers(alice, 41) == [41]


@in_loop
async def test_a_log_that_lost_entries_in_the_middle_is_a_resync_and_no_gap() -> None:
    async with live(filled(9)) as running:
        replay = running.inbound.replay

        def without_five(stream: str, after: int, limit: int) -> Replay:
            found = replay(stream, after, limit)
            return Replay(found.head, [entry for entry in found.entries or [] if entry.n != 5])

        running.inbound.replay = without_five  # type: ignore[method-assign]
        alice = await joined(running)
        await alice.tell("subscribe", stream=STREAM)
        assert (await alice.next("resync"))["head"] == 9
        assert [f["n"] for f in alice.seen if f["t"] == "event"] == [1, 2, 3, 4]


@in_loop
async def test_hand_over_from_replay_to_live_has_no_gap_and_no_double() -> None:
    """Entries are appended by another thread at random moments of 60 subscriptions."""
    rounds, chance = 60, random.Random(11)
    for round_ in range(rounds):
        async with live(filled(chance.choice([0, 3, 60]))) as running:
            await _race(running, chance, round_)
    print(f"{rounds} interleavings: no gap, no double")


async def _race(running: Live, chance: random.Random, round_: int) -> None:
    inbound, before, more = running.inbound, chance.choice([0, 2, 150]), chance.randint(1, 200)

    def append_some(_stream: str) -> None:
        for _ in range(before):
            inbound.append(STREAM)

    inbound.after_replay = append_some
    alice = await joined(running)
    writing = threading.Thread(target=lambda: [inbound.append(STREAM) for _ in range(more)])
    subscribing = asyncio.create_task(alice.follow(STREAM))
    if round_ % 2:
        await subscribing
    writing.start()
    await subscribing
    inbound.after_replay = lambda _: None
    writing.join()
    last = inbound.append(STREAM, text="the last").n
    assert await numbers(alice, last) == list(range(1, last + 1))


@in_loop
async def test_more_live_entries_than_are_held_while_replaying_are_read_again() -> None:
    async with live(filled(1)) as running:
        inbound, many = running.inbound, 3 * HELD_MAX

        def flood(_: str) -> None:
            inbound.after_replay = lambda _: None
            for _n in range(many):
                inbound.append(STREAM)
            delivered.wait(5)

        delivered = threading.Event()
        inbound.after_replay = flood
        alice = await joined(running)
        await alice.tell("subscribe", stream=STREAM)
        await until(lambda: running.gateway.streams.delivered >= many)
        delivered.set()
        assert await numbers(alice, many + 1) == list(range(1, many + 2))


@in_loop
async def test_a_gap_in_the_tail_is_mended_from_the_log() -> None:
    async with live(filled(3)) as running:
        alice = await joined(running)
        await alice.follow(STREAM)
        inbound = running.inbound
        with inbound._changed:
            inbound.append(STREAM)
            inbound.log.pop()
            inbound.append(STREAM)
        assert await numbers(alice, 5) == [1, 2, 3, 4, 5]


@in_loop
async def test_a_tail_that_repeats_itself_delivers_once() -> None:
    async with live(filled(3)) as running:
        alice = await joined(running)
        await alice.follow(STREAM)
        with running.inbound._changed:
            running.inbound.append(STREAM)
            running.inbound.log += running.inbound.log[-1:] * 3
        running.inbound.append(STREAM)
        assert await numbers(alice, 5) == [1, 2, 3, 4, 5]
        await alice.pong()
        assert await numbers(alice, 5) == [1, 2, 3, 4, 5]


@in_loop
async def test_nobody_follows_what_is_not_his_and_hears_nothing_of_it() -> None:
    async with live() as running:
        alice, mallory = await running.join("contact:alice"), await running.join("contact:mallory")
        reference = (await alice.say("my secret", thread="t"))["conversation"]
        for stream in (
            f"conversation/{reference}/customer",
            f"conversation/{reference}/staff",
            "contact/alice",
            "conversation/BP-2222-2222/customer",
        ):
            await mallory.tell("subscribe", stream=stream)
            assert (await mallory.next("error"))["code"] == "not_found"
        await alice.tell("subscribe", stream=f"conversation/{reference}/staff")
        assert (await alice.next("error"))["code"] == "not_found"
        await alice.say("another secret", conversation=reference)
        await mallory.pong()
        assert "secret" not in repr(mallory.seen)
        assert len(running.gateway.streams) == 0


@in_loop
async def test_who_unsubscribes_hears_no_more() -> None:
    async with live(filled(1)) as running:
        alice = await joined(running)
        await alice.follow(STREAM)
        await alice.tell("unsubscribe", stream=STREAM)
        await alice.tell("unsubscribe", stream="contact/never-followed")
        await alice.pong()
        running.inbound.append(STREAM)
        await until(lambda: running.inbound.calls.get("tail", 0) > 2)
        await alice.pong()
        assert [f["n"] for f in alice.seen if f["t"] == "event"] == [1]
        assert len(running.gateway.streams) == 0


@in_loop
async def test_unsubscribing_while_the_log_is_read_is_the_last_word() -> None:
    async with live(filled(3)) as running:
        alice = await joined(running)
        await alice.tell("subscribe", stream=STREAM)
        await alice.tell("unsubscribe", stream=STREAM)
        await alice.pong()
        await alice.follow(STREAM, 2)
        assert await numbers(alice, 3) == [3]


@in_loop
async def test_a_log_that_cannot_be_read_is_said_and_can_be_asked_again() -> None:
    async with live(filled(3)) as running:
        alice = await joined(running)
        running.inbound.switches.is_away = True
        await alice.tell("subscribe", stream=STREAM)
        error = await alice.next("error")
        assert (error["code"], error["stream"], error["retry_s"]) == ("busy", STREAM, 1)
        running.inbound.switches.is_away = False
        await alice.follow(STREAM)
        assert await numbers(alice, 3) == [1, 2, 3]
        running.inbound.append(STREAM)
        assert await numbers(alice, 4) == [1, 2, 3, 4]


@in_loop
async def test_a_client_that_resumes_gets_what_it_missed_and_nothing_else() -> None:
    async with live() as running:
        seen: list[int] = []
        alice = await joined(running)
        for visit in range(10):
            await alice.follow(STREAM, seen[-1] if seen else 0)
            for _ in range(5):
                running.inbound.append(STREAM)
            seen += await numbers(alice, 10 * visit + 5)
            alice.socket.transport.abort()
            for _ in range(5):
                running.inbound.append(STREAM)
            resume = alice.welcome["resume"]
            alice = await running.connect()
            await alice.hello(resume=resume)
        assert seen == list(range(1, 96))


@in_loop
async def test_one_entry_reaches_all_followers() -> None:
    async with live(filled(2)) as running:
        tabs = [await joined(running) for _ in range(20)]
        for tab in tabs:
            await tab.follow(STREAM, 2)
        running.inbound.append(STREAM, text="to all")
        for tab in tabs:
            assert (await tab.next("event"))["data"] == {"text": "to all"}
