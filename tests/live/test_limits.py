"""Every limit is answered, none is a silent drop, and nobody else suffers."""

from __future__ import annotations

import asyncio
import contextlib
import os

from bitp.live import protocol
from bitp.live.limits import REFUSED_PER_ADDRESS_MAX, Tally, admit
from bitp.live.proxies import parse_networks
from tests.live.harness import LIMIT_S, Friend, Live, in_loop, live, until

STREAM = "contact/alice"


@in_loop
async def test_sends_faster_than_allowed_are_refused_by_id_and_may_be_repeated() -> None:
    async with live(sends_per_s=20) as running:
        alice = await running.join("contact:alice")
        for number in range(40):
            await alice.tell("send", cid=f"c{number}", body="x", thread="t")
        acks = {f["cid"]: f for f in [await alice.next("ack") for _ in range(40)]}
        refused = [ack for ack in acks.values() if ack["result"] == "refused"]
        assert 15 <= len(refused) <= 20
        assert {(ack["code"], ack["retry"]) for ack in refused} == {("too_many_frames", True)}
        running.gateway.time = lambda: asyncio.get_running_loop().time() + 1
        assert (await alice.say("x", cid=refused[0]["cid"], thread="t"))["result"] == "accepted"


@in_loop
async def test_frames_faster_than_allowed_are_answered_and_a_flood_ends_the_connection() -> None:
    async with live(frames_per_s=10, frames_burst=10) as running:
        mallory, alice = await running.join("contact:mallory"), await running.join("contact:alice")
        for number in range(protocol.EXCESS_FRAMES_MAX + 50):
            await mallory.tell("ping", n=number)
        assert await mallory.closed() == 4429
        codes = [frame["code"] for frame in mallory.seen if frame["t"] == "error"]
        assert len(codes) == protocol.EXCESS_FRAMES_MAX
        assert set(codes) == {"too_many_frames"}
        await alice.pong()


@in_loop
async def test_a_console_may_subscribe_to_all_its_streams_at_once() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        references = [running.inbound.open_conversation("contact:alice") for _ in range(200)]
        for reference in references:
            await alice.tell("subscribe", stream=f"conversation/{reference}/customer")
        for _ in references:
            await alice.next("subscribed")
        extra = running.inbound.open_conversation("contact:alice")
        await alice.tell("subscribe", stream=f"conversation/{extra}/customer")
        error = await alice.next("error")
        assert (error["code"], error["stream"]) == (
            "too_many_streams",
            f"conversation/{extra}/customer",
        )
        assert len(running.gateway.streams) == protocol.STREAMS_PER_SOCKET_MAX
        await alice.tell("unsubscribe", stream=f"conversation/{references[0]}/customer")
        await alice.follow(f"conversation/{extra}/customer")


@in_loop
async def test_one_person_has_so_many_connections_and_no_more() -> None:
    async with live(sockets_per_subject=3) as running:
        tabs = [await running.join("contact:alice") for _ in range(3)]
        extra = await running.connect()
        await extra.tell("hello", v=1, ticket=running.inbound.ticket("contact:alice"))
        assert await extra.closed() == 4429
        assert extra.seen[0]["code"] == "too_many_connections"
        assert extra.seen[0]["retry_s"] > 0
        await running.join("contact:bob")
        tabs[0].socket.transport.abort()
        await until(lambda: len(running.gateway.clients) == 3)
        await running.join("contact:alice")


@in_loop
async def test_one_address_has_so_many_connections_and_no_more() -> None:
    async with live(sockets_per_address=5) as running:
        for number in range(5):
            await running.join(f"contact:{number}")
        extra = await running.connect()
        assert await extra.closed() == 4429
        assert extra.seen[0]["code"] == "too_many_connections"
        await until(lambda: running.gateway.metrics()["connections"] == 5)


@in_loop
async def test_who_leaves_makes_room_for_the_next_from_the_same_address() -> None:
    async with live(sockets_per_address=2, sockets_per_subject=2) as running:
        for _ in range(5):
            tabs = [await running.join("contact:alice") for _ in range(2)]
            for tab in tabs:
                tab.socket.transport.abort()
            await until(lambda: len(running.gateway.clients) == 0)


@in_loop
async def test_the_default_limits_let_five_hundred_traders_behind_one_address_in() -> None:
    assert protocol.SOCKETS_PER_ADDRESS_MAX >= 500
    async with live() as running:
        friends = await asyncio.gather(*(running.join(f"contact:{n}") for n in range(500)))
        assert len(friends) == len(running.gateway.clients) == 500


@in_loop
async def test_the_process_has_so_many_connections_and_says_so() -> None:
    async with live(connections=3) as running:
        for number in range(3):
            await running.join(f"contact:{number}")
        reader, writer = await running.raw()
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 503 ")
        writer.close()
        assert running.gateway.counts.refused_connections == 1


async def first_line(running: Live, *, keep: list[asyncio.StreamWriter]) -> bytes:
    """What a new connection is told; empty when it just ends."""
    reader, writer = await running.raw()
    keep.append(writer)
    with contextlib.suppress(ConnectionError):
        writer.write(b"GET /live/nothing HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(LIMIT_S):
            return await reader.readline()
    return b""


@in_loop
async def test_one_address_has_so_many_page_connections_and_is_told_when_to_come_back() -> None:
    async with live(connections_per_address=3, close_s=60) as running:
        kept: list[asyncio.StreamWriter] = []
        lines = [await first_line(running, keep=kept) for _ in range(3)]
        assert {line.split()[1] for line in lines} == {b"404"}
        reader, writer = await running.raw()
        kept.append(writer)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 429 ")
        assert b"\r\nRetry-After: 5\r\n" in head
        assert await reader.read() == b"Too Many Requests\n"
        assert running.gateway.metrics()["connections"] == 3
        assert running.gateway.counts.refused_connections == 1
        kept[0].transport.abort()
        await until(lambda: running.gateway.metrics()["connections"] == 2)
        assert b" 404 " in await first_line(running, keep=kept)
        for each in kept:
            each.transport.abort()


@in_loop
async def test_a_flood_of_refused_connections_is_ended_without_a_word() -> None:
    async with live(connections_per_address=1, close_s=60) as running:
        kept: list[asyncio.StreamWriter] = []
        lines = [
            await first_line(running, keep=kept) for _ in range(1 + REFUSED_PER_ADDRESS_MAX + 20)
        ]
        codes = [line.split()[1] if line else b"" for line in lines]
        assert codes == [b"404", *[b"429"] * REFUSED_PER_ADDRESS_MAX, *[b""] * 20]
        for each in kept:
            each.transport.abort()
        await until(lambda: running.gateway.metrics()["connections"] == 0)
        assert b" 404 " in await first_line(running, keep=kept)


@in_loop
async def test_sockets_and_a_trusted_proxys_connections_are_not_counted_as_pages() -> None:
    async with live(connections_per_address=1) as running:
        for number in range(3):
            await running.join(f"contact:{number}")
        assert len(running.gateway.clients) == 3
    proxies = parse_networks(["127.0.0.0/8"])
    async with live(connections_per_address=1, trusted_proxies=proxies) as running:
        kept: list[asyncio.StreamWriter] = []
        for _ in range(3):
            assert b" 404 " in await first_line(running, keep=kept)
        for each in kept:
            each.transport.abort()


@in_loop
async def test_a_message_of_a_megabyte_ends_its_connection_and_no_other() -> None:
    async with live() as running:
        alice, mallory = await running.join("contact:alice"), await running.join("contact:mallory")
        await mallory.tell("send", cid="big", body="x" * 1_000_000, thread="t")
        assert await mallory.closed() == 1009
        assert (await alice.say("still here", thread="t"))["result"] == "accepted"
        assert running.inbound.calls["post_messages"] == 1


@in_loop
async def test_a_megabyte_in_fragments_ends_its_connection_too() -> None:
    async with live() as running:
        mallory = await running.join("contact:mallory")
        await mallory.socket.send(["x" * 20_000] * 50)
        assert await mallory.closed() == 1009


@in_loop
async def test_a_text_that_is_too_long_is_refused_by_its_id() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        longest = "长" * protocol.MESSAGE_CHARACTERS_MAX
        assert (await alice.say(longest, thread="t"))["text"] == longest
        ack = await alice.say(longest + "x", cid="c1", thread="t")
        assert (ack["result"], ack["code"], ack.get("retry", False)) == (
            "refused",
            "too_long",
            False,
        )


@in_loop
async def test_a_message_in_many_fragments_arrives_whole() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        text = '{"t":"send","cid":"c1","thread":"t","body":"' + "各" * 1000 + '"}'
        await alice.socket.send([text[i : i + 7] for i in range(0, len(text), 7)])
        assert (await alice.next("ack"))["text"] == "各" * 1000


async def _follow_and_stop_reading(running: Live) -> Friend:
    alice = await running.join("contact:alice", streams=[STREAM])
    await alice.follow(STREAM)
    alice.socket.transport.pause_reading()
    return alice


@in_loop
async def test_a_slow_reader_is_cut_memory_does_not_grow_and_it_resumes_without_a_gap() -> None:
    unsent, big = 200_000, os.urandom(4000).hex()
    async with live(unsent_bytes=unsent, close_s=0.2) as running:
        slow = await _follow_and_stop_reading(running)
        bob = await running.join("contact:bob", streams=[STREAM])
        await bob.follow(STREAM)
        client = next(c for c in running.gateway.clients if c.subject.key == "contact:alice")  # type: ignore[union-attr]
        most = last = 0
        while running.gateway.counts.slow_readers == 0:
            last = running.inbound.append(STREAM, text=big).n
            await bob.next("event", n=last)
            most = max(most, client._unsent())  # type: ignore[attr-defined]
        assert most <= unsent + 2 * len(big)
        await until(lambda: len(running.gateway.clients) == 1, what="cut")
        slow.socket.transport.resume_reading()
        assert await slow.closed() in (4408, 1006)
        again = await running.connect()
        await again.hello(resume=slow.welcome["resume"])
        had = [f["n"] for f in slow.seen if f["t"] == "event"]
        await again.follow(STREAM, had[-1])
        await again.next("event", n=last)
        had += [f["n"] for f in again.seen if f["t"] == "event"]
        assert had == list(range(1, last + 1))
        print(f"cut after {last} entries with at most {most} bytes unsent; resumed without a gap")


@in_loop
async def test_a_slow_reader_of_a_long_replay_is_waited_for() -> None:
    async with live(unsent_bytes=200_000) as running:
        for _ in range(600):
            running.inbound.append(STREAM, text="x" * 4000)
        alice = await _follow_and_stop_reading(running)
        await until(lambda: running.inbound.calls["replay"] >= 1)
        bob = await running.join("contact:bob")
        for _ in range(5):
            await bob.pong()
        assert running.gateway.counts.slow_readers == 0
        alice.socket.transport.resume_reading()
        await alice.next("event", n=600)
        assert [f["n"] for f in alice.seen if f["t"] == "event"] == list(range(1, 601))


@in_loop
async def test_a_silent_peer_is_pinged_and_cut_and_one_that_answers_stays() -> None:
    async with live(ping_s=0.05, silent_s=0.4, hello_s=0.1, close_s=0.1) as running:
        alice = await running.join("contact:alice")
        dead = await running.join("contact:bob")
        dead.socket.transport.pause_reading()
        await until(lambda: len(running.gateway.clients) == 1, what="the dead one is cut")
        await alice.pong()


def test_a_rate_lets_a_burst_through_and_then_its_pace() -> None:
    at, now, passed = 0.0, 100.0, 0
    for _ in range(50):
        after = admit(at, now, 10, 20)
        passed += after >= 0
        at = after if after >= 0 else at
    assert passed == 20
    for step in range(1, 31):
        after = admit(at, now + step / 10, 10, 20)
        assert after >= 0
        at = after
    assert admit(at, now + 3.01, 10, 20) < 0


def test_a_tally_counts_each_key_and_forgets_empty_ones() -> None:
    tally = Tally(2)
    assert [tally.add("a"), tally.add("a"), tally.add("a"), tally.add("b")] == [
        True,
        True,
        False,
        True,
    ]
    tally.remove("a")
    assert tally.add("a")
    for key in "aab":
        tally.remove(key)
    tally.remove("never")
    assert len(tally) == 0
