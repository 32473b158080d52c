"""Ending, being killed, and coming back on the same listening socket."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from bitp.live.bench.sockets import measure_sockets
from tests.live.harness import Friend, Live, in_loop, listen, live, until
from tests.live.memory_inbound import MemoryInbound
from tests.live.test_longpoll import Poller
from tests.live.test_relay import Visitor, site


@in_loop
async def test_everybody_is_sent_away_with_the_time_to_come_back() -> None:
    async with live() as running:
        friends = [await running.join(f"contact:{n}") for n in range(5)]
        draining = asyncio.create_task(running.gateway.drain())
        for friend in friends:
            assert await friend.closed() == 1012
            assert friend.socket.close_reason == "restart spread_ms=5"
        await draining
        assert running.gateway.metrics()["connections"] == 0


@in_loop
async def test_what_was_sent_before_the_end_is_answered_and_delivered() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        reference = (await alice.say("first", thread="t"))["conversation"]
        await alice.follow(f"conversation/{reference}/customer", 1)
        running.inbound.switches.gate.clear()
        for number in range(10):
            await alice.tell("send", cid=f"c{number}", body=f"{number}", conversation=reference)
        await alice.pong()
        draining = asyncio.create_task(running.gateway.drain())
        await until(lambda: running.gateway.is_draining)
        await alice.tell("send", cid="late", body="late", conversation=reference)
        late = await alice.next("ack", cid="late")
        assert (late["code"], late["retry"]) == ("busy", True)
        running.inbound.switches.gate.set()
        assert await alice.closed() == 1012
        await draining
        acks = [f for f in alice.seen if f["t"] == "ack" and f["result"] == "accepted"]
        events = [f["n"] for f in alice.seen if f["t"] == "event"]
        assert len(acks) == 11
        assert events == list(range(2, 12))


@in_loop
async def test_pollers_are_sent_away_and_pages_in_flight_are_finished(tmp_path: Path) -> None:
    async with site(tmp_path, poll_hold_s=20) as (running, web):
        poller = Poller(running)
        await poller.hello(running.inbound.ticket("contact:alice"))
        held = asyncio.create_task(poller.ask())
        client = next(iter(running.gateway.clients))
        await until(lambda: client._door is not None)  # type: ignore[attr-defined]
        idle, busy = await Visitor.come(running), await Visitor.come(running)
        await idle.seen("GET / HTTP/1.1")
        page = asyncio.create_task(busy.ask("GET /slow HTTP/1.1"))
        await until(lambda: web.requests[-1]["target"] == "/slow")
        draining = asyncio.create_task(running.gateway.drain())
        assert (await held)[0]["code"] == 1012
        assert await idle.is_closed()
        web.gate.set()
        assert (await page)[0] == 200
        await draining


@in_loop
async def test_draining_ends_in_time_whatever_hangs(tmp_path: Path) -> None:
    async with site(tmp_path, drain_s=0.3) as (running, web):
        deaf = await running.join("contact:alice")
        deaf.socket.transport.pause_reading()
        stuck = await Visitor.come(running)
        asked = asyncio.create_task(stuck.ask("GET /slow HTTP/1.1"))
        await until(lambda: web.requests)
        running.inbound.switches.gate.clear()
        bob = await running.join("contact:bob")
        await bob.tell("send", cid="c", body="x", thread="t")
        await bob.pong()
        async with asyncio.timeout(2):
            await running.gateway.drain()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await asked


class Supervisor:
    """Holds the listening socket and runs the gateway in a process on it."""

    def __init__(self) -> None:
        self.listening = listen()
        self.inbound = MemoryInbound()
        self.process: Process | None = None

    async def start(self) -> None:
        fd = self.listening.fileno()
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.live.memory_live", str(fd), pass_fds=[fd]
        )

    async def kill(self, number: int = signal.SIGKILL) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await self.process.wait()

    async def connect(self) -> Friend:
        gateway = Live(None, self.inbound, self.listening)  # type: ignore[arg-type]
        return await gateway.connect(open_timeout=20)


@contextlib.asynccontextmanager
async def supervised() -> AsyncIterator[Supervisor]:
    supervisor = Supervisor()
    await supervisor.start()
    try:
        yield supervisor
    finally:
        with contextlib.suppress(ProcessLookupError):
            await supervisor.kill()
        supervisor.listening.close()


@in_loop
async def test_a_process_that_is_told_to_end_says_goodbye_and_ends_well() -> None:
    async with supervised() as supervisor:
        alice = await supervisor.connect()
        await alice.hello(supervisor.inbound.ticket("contact:alice"))
        ended = asyncio.create_task(supervisor.kill(signal.SIGTERM))
        assert await alice.closed() == 1012
        assert await ended == 0


@in_loop
async def test_who_connects_while_no_process_runs_waits_and_is_served() -> None:
    async with supervised() as supervisor:
        await supervisor.kill()
        waiting = [asyncio.create_task(supervisor.connect()) for _ in range(20)]
        await asyncio.sleep(0)
        await supervisor.start()
        for task in waiting:
            await (await task).hello(supervisor.inbound.ticket("contact:alice"))


@in_loop
async def test_kills_at_random_moments_and_everybody_comes_back_with_the_resume_token() -> None:
    kills, chance = 5, random.Random(3)
    async with supervised() as supervisor:
        ticket = supervisor.inbound.ticket("contact:alice", streams=["contact/alice"])
        alice = await supervisor.connect()
        resume = (await alice.hello(ticket))["resume"]
        for _ in range(kills):
            traffic = asyncio.create_task(_chatter(alice))
            await until(partial(_has_heard, alice, chance.randint(1, 60)))
            await supervisor.kill()
            await traffic
            await supervisor.start()
            alice = await supervisor.connect()
            resume = (await alice.hello(resume=resume))["resume"]
            await alice.follow("contact/alice")
    print(f"{kills} kills under traffic: resumed each time without a new ticket")


def _has_heard(friend: Friend, count: int) -> bool:
    return len(friend.seen) > count


async def _chatter(friend: Friend) -> None:
    with contextlib.suppress(ConnectionClosed):
        for _ in range(1_000_000):
            await friend.say("still there?", thread="t")


@in_loop
async def test_the_sockets_benchmark_measures_a_small_crowd() -> None:
    async with supervised() as supervisor:
        await (await supervisor.connect()).hello(supervisor.inbound.ticket("contact:first"))
        loop, restarts = asyncio.get_running_loop(), []

        async def restart() -> None:
            await supervisor.kill()
            await supervisor.start()

        crowd = 300
        tickets = [
            supervisor.inbound.ticket(f"contact:{n}", streams=[f"contact/{n}"])
            for n in range(crowd)
        ]
        figures = await measure_sockets(
            supervisor.listening.getsockname(),
            tickets,
            lambda: supervisor.process.pid,  # type: ignore[union-attr]
            lambda: restarts.append(loop.create_task(restart())),
        )
        assert figures["connections"] == crowd
        assert figures["bytes_each"] < 35_000
        assert figures["resume_s"] < 20
