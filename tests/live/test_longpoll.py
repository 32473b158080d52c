"""The same conversation where WebSockets are blocked."""

from __future__ import annotations

import asyncio
import gc
from typing import Any

import msgspec
import pytest

from bitp.live.longpoll import PollClient
from tests.live.harness import LIMIT_S, Live, in_loop, live, until
from tests.live.test_relay import Visitor

Frames = list[dict[str, Any]]


class Poller:
    """A client that polls, as the protocol's document says."""

    def __init__(self, running: Live) -> None:
        self.running = running
        self.id = ""
        self.seen = 0
        self.frames: Frames = []
        self.answers = 0

    async def ask(self, *frames: dict[str, Any]) -> Frames:
        """One request; the new frames of its answer."""
        polled, *carried = await self.post(
            [{"t": "poll", "id": self.id, "seen": self.seen}, *frames]
        )
        if polled["t"] == "closed":
            return [polled]
        self.id = polled["id"]
        new = carried[max(0, self.seen - (polled["n"] - len(carried))) :]
        self.seen = max(self.seen, polled["n"])
        self.frames += new
        return new

    async def post(self, frames: Frames) -> Frames:
        visitor = await Visitor.come(self.running)
        status, body = await visitor.ask("POST /live/poll HTTP/1.1", msgspec.json.encode(frames))
        visitor.writer.close()
        assert status == 200
        self.answers += 1
        answer: Frames = msgspec.json.decode(body)
        return answer

    async def hello(self, ticket: str) -> None:
        await self.ask({"t": "hello", "v": 1, "ticket": ticket})
        await self.until("welcome")

    async def until(self, t: str, **fields: Any) -> dict[str, Any]:
        """Poll until such a frame came."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                for frame in self.frames:
                    if frame["t"] == t and all(frame.get(k) == v for k, v in fields.items()):
                        return frame
                await self.ask()


@in_loop
async def test_a_poller_and_a_socket_talk_to_each_other() -> None:
    async with live(poll_hold_s=0.2) as running:
        alice, carol = Poller(running), await running.join("staff:carol")
        await alice.hello(running.inbound.ticket("contact:alice"))
        await alice.ask({"t": "send", "cid": "c1", "body": "hello", "thread": "t"})
        reference = (await alice.until("ack", cid="c1"))["conversation"]
        await carol.follow(f"conversation/{reference}/staff")
        await carol.next("event")
        await alice.ask({"t": "subscribe", "stream": f"conversation/{reference}/customer"})
        await alice.until("event", n=1)
        await carol.say("I am here", conversation=reference)
        assert (await alice.until("event", n=2))["data"]["text"] == "I am here"
        await alice.ask({"t": "typing", "conversation": reference, "on": True})
        await carol.next("typing")
        numbers = [frame["n"] for frame in alice.frames if frame["t"] == "event"]
        assert numbers == [1, 2]


@in_loop
async def test_an_answer_is_held_until_there_is_something_to_say() -> None:
    async with live(poll_hold_s=20) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice", streams=["contact/alice"]))
        await alice.ask({"t": "subscribe", "stream": "contact/alice"})
        asked = asyncio.create_task(alice.ask())
        client = next(iter(running.gateway.clients))
        await until(lambda: client._door is not None)  # type: ignore[attr-defined]
        assert not asked.done()
        running.inbound.append("contact/alice", text="now")
        assert [frame["t"] for frame in await asked] == ["event"]


@in_loop
async def test_an_answer_comes_empty_after_a_while() -> None:
    async with live(poll_hold_s=0.1) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice"))
        assert await alice.ask() == []
        assert await alice.ask() == []


@in_loop
async def test_a_lost_answer_loses_nothing_and_doubles_nothing() -> None:
    rounds = 30
    async with live(poll_hold_s=0.2) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice", streams=["contact/alice"]))
        await alice.ask({"t": "subscribe", "stream": "contact/alice"})
        for number in range(rounds):
            running.inbound.append("contact/alice")
            if number % 3 == 0:
                await alice.post([{"t": "poll", "id": alice.id, "seen": alice.seen}])
            elif number % 3 == 1:
                visitor = await Visitor.come(running)
                body = msgspec.json.encode([{"t": "poll", "id": alice.id, "seen": alice.seen}])
                head = f"POST /live/poll HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n"
                visitor.writer.write(head.encode() + body)
                await visitor.writer.drain()
                visitor.writer.transport.abort()
            await alice.until("event", n=number + 1)
        numbers = [frame["n"] for frame in alice.frames if frame["t"] == "event"]
        assert numbers == list(range(1, rounds + 1))
        print(f"{rounds} entries over polls with lost answers: each once")


@in_loop
async def test_a_second_request_lets_the_first_go_and_both_bring_their_frames() -> None:
    async with live(poll_hold_s=20) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice"))
        held = asyncio.create_task(alice.ask())
        client = next(iter(running.gateway.clients))
        await until(lambda: client._door is not None)  # type: ignore[attr-defined]
        other = asyncio.create_task(
            alice.ask({"t": "send", "cid": "c1", "body": "hello", "thread": "t"})
        )
        assert await held == []
        assert [frame["t"] for frame in await other] == ["ack"]


@in_loop
async def test_an_unknown_or_forgotten_id_is_told_to_say_hello_again() -> None:
    async with live(poll_kept_s=0.1, poll_hold_s=0.1) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice"))
        await until(lambda: len(running.gateway.clients) == 0, what="forgotten")
        assert len(running.gateway.polls) == 0
        assert (await alice.ask())[0]["code"] == 1012
        again = Poller(running)
        await again.ask({"t": "hello", "v": 1, "resume": alice.frames[0]["resume"]})
        await again.until("welcome")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([], 4400),
        ([{"t": "ping"}], 4400),
        ([{"t": "hello", "v": 1, "ticket": "bad.ticket"}], 4401),
        ([{"t": "hello", "v": 3, "ticket": "x"}], 4406),
    ],
)
@in_loop
async def test_a_poller_without_a_right_is_told_and_forgotten(frames: Frames, code: int) -> None:
    """At once: nobody counts who was turned away, so nothing of them may be kept."""
    async with live(poll_kept_s=3_600) as running:
        for _ in range(20):
            mallory = Poller(running)
            await mallory.ask(*frames)
            assert [frame["code"] for frame in mallory.frames] == [code]
        assert len(running.gateway.clients) == 0
        assert len(running.gateway.polls) == 0
        # A thread that reads may hold its last job until the next.
        most = running.gateway.settings.readers
        await until(lambda: len(_polling()) <= most, what="the memory is free")


def _polling() -> list[PollClient]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, PollClient)]


@in_loop
async def test_a_revoked_right_ends_a_poller_at_once() -> None:
    async with live(poll_hold_s=20) as running:
        carol = Poller(running)
        await carol.hello(running.inbound.ticket("staff:carol", session="s1"))
        held = asyncio.create_task(carol.ask())
        client = next(iter(running.gateway.clients))
        await until(lambda: client._door is not None)  # type: ignore[attr-defined]
        running.inbound.revoke(session="s1")
        assert (await held)[0]["code"] == 4403
        late = await carol.ask({"t": "send", "cid": "late", "body": "x", "thread": "t"})
        assert [frame["code"] for frame in late] == [4403]
        assert running.inbound.calls.get("post_messages", 0) == 0


@in_loop
async def test_pollers_count_towards_the_limits() -> None:
    async with live(sockets_per_address=2, poll_hold_s=0.1) as running:
        for number in range(2):
            await Poller(running).hello(running.inbound.ticket(f"contact:{number}"))
        extra = Poller(running)
        frames = await extra.ask(
            {"t": "hello", "v": 1, "ticket": running.inbound.ticket("contact:x")}
        )
        assert [frame["t"] for frame in frames] == ["error", "closed"]
        assert frames[1]["code"] == 4429
        assert len(running.gateway.polls) == 2


@in_loop
async def test_a_poller_that_takes_nothing_is_cut_and_memory_does_not_grow() -> None:
    async with live(unsent_bytes=100_000, poll_hold_s=0.05) as running:
        alice = Poller(running)
        await alice.hello(running.inbound.ticket("contact:alice", streams=["contact/alice"]))
        await alice.ask({"t": "subscribe", "stream": "contact/alice"})
        await alice.until("subscribed")
        while running.gateway.counts.slow_readers == 0:
            running.inbound.append("contact/alice", text="x" * 5000)
            await asyncio.sleep(0)
        assert (await alice.until("closed"))["code"] == 4408


@pytest.mark.parametrize(
    "body", [b"{}", b"nonsense", b"[" * 1000, b"[" + b"1," * 200 + b"1]", b"\xff\xfe", b"null"]
)
@in_loop
async def test_a_body_that_is_no_list_of_frames_is_refused(body: bytes) -> None:
    async with live() as running:
        mallory = await Visitor.come(running)
        status, _ = await mallory.ask("POST /live/poll HTTP/1.1", body)
        assert status == 400
        assert len(running.gateway.polls) == 0


@in_loop
async def test_pages_of_any_origin_may_poll() -> None:
    async with live() as running:
        page = await Visitor.come(running)
        status, _ = await page.ask("OPTIONS /live/poll HTTP/1.1\nOrigin: https://shop.example")
        assert status == 204
        assert "Access-Control-Allow-Origin: *" in page.head
        hello = {"t": "hello", "v": 1, "ticket": running.inbound.ticket("contact:alice")}
        await page.ask("POST /live/poll HTTP/1.1", msgspec.json.encode([{"t": "poll"}, hello]))
        assert "Access-Control-Allow-Origin: *" in page.head
        assert "Connection: keep-alive" in page.head
