"""Hello: who is taken for whom, and who is turned away."""

from __future__ import annotations

import asyncio
import os

import pytest

from bitp.lib.ids import new_token
from tests.live.harness import in_loop, live, until

UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@in_loop
async def test_a_fresh_ticket_is_answered_by_a_welcome() -> None:
    async with live() as running:
        alice = await running.join("contact:alice", name="Alice", streams=["contact/alice"])
        assert alice.welcome["kind"] == "customer"
        assert alice.welcome["streams"] == ["contact/alice"]
        assert alice.welcome["v"] == 1
        carol = await running.join("staff:carol")
        assert carol.welcome["kind"] == "staff"


@in_loop
async def test_a_resume_token_brings_the_same_person_back() -> None:
    async with live() as running:
        alice = await running.join("contact:alice", streams=["contact/alice"])
        again = await running.connect()
        welcome = await again.hello(resume=alice.welcome["resume"])
        assert welcome["streams"] == ["contact/alice"]
        assert running.inbound.calls["open"] == 1


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"t": "hello", "v": 1, "ticket": "not.signed"}, 4401),
        ({"t": "hello", "v": 1, "resume": "not.signed"}, 4401),
        ({"t": "hello", "v": 1}, 4401),
        ({"t": "hello", "v": 2, "ticket": "x"}, 4406),
        ({"t": "ping", "n": 1}, 4400),
        ({"t": "send", "cid": "a", "body": "x", "thread": "t"}, 4400),
        ({"t": "nonsense"}, 4400),
    ],
)
@in_loop
async def test_a_bad_first_frame_ends_the_connection(frame: dict[str, object], code: int) -> None:
    async with live() as running:
        mallory = await running.connect()
        await mallory.tell(**frame)  # type: ignore[arg-type]
        assert await mallory.closed() == code
        assert running.inbound.calls.get("post_messages", 0) == 0
        await until(lambda: len(running.gateway.clients) == 0)


@in_loop
async def test_a_ticket_is_no_resume_token_and_the_other_way_round() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        mallory = await running.connect()
        await mallory.tell("hello", v=1, ticket=alice.welcome["resume"])
        assert await mallory.closed() == 4401
        mallory = await running.connect()
        await mallory.tell("hello", v=1, resume=running.inbound.ticket("contact:alice"))
        assert await mallory.closed() == 4401


@in_loop
async def test_somebody_who_says_nothing_is_let_go() -> None:
    async with live(hello_s=0.1) as running:
        silent = await running.connect()
        assert await silent.closed() == 4408


@in_loop
async def test_frames_that_come_with_hello_are_acted_on_after_it_in_order() -> None:
    async with live() as running:
        alice = await running.connect()
        await alice.tell("hello", v=1, ticket=running.inbound.ticket("contact:alice"))
        for number in range(20):
            await alice.tell("send", cid=f"c{number}", body=f"{number}", thread="t")
        acks = [await alice.next("ack") for _ in range(20)]
        assert [ack["number"] for ack in acks] == list(range(1, 21))
        assert alice.seen[0]["t"] == "welcome"


@in_loop
async def test_a_second_hello_is_refused_and_changes_nothing() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        await alice.tell("hello", v=1, ticket=running.inbound.ticket("contact:bob"))
        assert (await alice.next("error"))["code"] == "bad_frame"
        assert running.gateway.clients.subjects == 1


@in_loop
async def test_a_database_that_is_away_asks_to_come_back() -> None:
    async with live() as running:
        ticket = running.inbound.ticket("contact:alice")
        running.inbound.switches.is_away = True
        alice = await running.connect()
        await alice.tell("hello", v=1, ticket=ticket)
        assert await alice.closed() == 1013
        running.inbound.switches.is_away = False
        again = await running.connect()
        await again.hello(ticket)


@in_loop
async def test_a_plain_get_of_live_is_told_to_upgrade() -> None:
    async with live() as running:
        reader, writer = await running.raw()
        writer.write(b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 426 ")
        writer.close()


@in_loop
async def test_the_connection_may_be_cut_at_every_step() -> None:
    """Every prefix of a whole visit, cut with a reset or an end; then all is as if unseen."""
    async with live() as running:
        visit = _visit(running.inbound.ticket("contact:alice"))
        cuts = [*range(0, len(UPGRADE), 23), *range(len(UPGRADE), len(visit), 3), len(visit)]
        for cut in cuts:
            reader, writer = await running.raw()
            writer.write(visit[:cut])
            if cut > len(UPGRADE):
                await reader.readuntil(b"\r\n\r\n")
            if cut % 2:
                writer.transport.abort()
            else:
                writer.close()
        await until(lambda: len(running.gateway.clients) == 0, what="clients gone")
        await until(lambda: running.gateway.metrics()["connections"] == 0)
        assert len(running.gateway.streams) == 0
        assert running.gateway.clients.subjects == 0
        await until(running.gateway.writer.is_idle)
        bob = await running.join("contact:bob")
        assert (await bob.say("still here", thread="t"))["result"] == "accepted"
        print(f"cut at {len(cuts)} places; nobody left behind")


def _visit(ticket: str) -> bytes:
    frames = [
        f'{{"t":"hello","v":1,"ticket":"{ticket}"}}',
        f'{{"t":"subscribe","stream":"contact/{new_token()}"}}',
        '{"t":"send","cid":"one","body":"hello","thread":"t"}',
        '{"t":"typing","conversation":"BP-2222-2222","on":true}',
        '{"t":"mark","conversation":"BP-2222-2222","read":1}',
        '{"t":"ping","n":1}',
    ]
    close = b"\x88\x82" + b"\x00" * 4 + b"\x03\xe8"
    return UPGRADE + b"".join(map(_masked, frames)) + close


def _masked(text: str) -> bytes:
    payload, mask = text.encode(), os.urandom(4)
    length = len(payload)
    head = bytes([0x81, 0x80 | length]) if length < 126 else b"\x81\xfe" + length.to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))


@in_loop
async def test_many_come_at_once_and_all_come_in() -> None:
    async with live() as running:
        friends = await asyncio.gather(*(running.join(f"contact:{n}") for n in range(100)))
        assert len({friend.welcome["resume"] for friend in friends}) == 100
        assert len(running.gateway.clients) == 100
