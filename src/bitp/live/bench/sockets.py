"""Many idle subscribed connections: what each costs, and how soon all are back after a kill."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import psutil  # type: ignore[import-untyped]

from bitp.live.bench.wire import Address, WireClient, open_all, raise_descriptor_limit
from bitp.live.protocol import VERSION, Hello, Subscribe, Subscribed, Welcome, decode_server_frame

# Longer than anything that still counts as working.
LIMIT_S = 120
# After the last connection, until the process has settled.
SETTLE_S = 2.0

Figures = dict[str, float | int]


class Idler:
    """A client that says hello, follows its streams, and says nothing more."""

    __slots__ = ("_after", "_hall", "_resume", "_ticket", "_waiting", "is_in", "wire")

    def __init__(self, hall: Hall, ticket: str) -> None:
        self._hall = hall
        self._ticket = ticket
        self._resume = ""
        self._after: dict[str, int] = {}
        self._waiting = 0
        self.is_in = False
        self.wire = self.new_wire()

    def new_wire(self) -> WireClient:
        """A connection to try."""
        self.wire = WireClient(self._hello, self._heard, self._lost)
        return self.wire

    def _hello(self) -> None:
        ticket = "" if self._resume else self._ticket
        self.wire.send(Hello(v=VERSION, ticket=ticket, resume=self._resume))

    def _heard(self, payload: bytes) -> None:
        if self.is_in:
            return
        frame = decode_server_frame(payload)
        if isinstance(frame, Welcome):
            self._resume = frame.resume
            self._waiting = len(frame.streams)
            for stream in frame.streams:
                self.wire.send(Subscribe(stream, self._after.get(stream, 0)))
        elif isinstance(frame, Subscribed):
            self._after[frame.stream] = frame.head
            self._waiting -= 1
            if not self._waiting:
                self.is_in = True
                self._hall.came_in()

    def _lost(self) -> None:
        self._hall.went(self)
        self.is_in = False


class Hall:
    """All idlers of one measurement."""

    def __init__(self, tickets: Sequence[str]) -> None:
        self.idlers = [Idler(self, ticket) for ticket in tickets]
        self.inside = 0
        self.lost = 0
        self.full = asyncio.Event()
        self.empty = asyncio.Event()

    def came_in(self) -> None:
        """One more is connected and subscribed."""
        self.inside += 1
        self.empty.clear()
        if self.inside == len(self.idlers):
            self.full.set()

    def went(self, idler: Idler) -> None:
        """One lost its connection."""
        self.lost += 1
        self.inside -= idler.is_in
        self.full.clear()
        if not self.inside:
            self.empty.set()

    async def fill(self, address: Address) -> float:
        """Connect all; returns the seconds until the last was subscribed."""
        began = time.perf_counter()
        await open_all(address, [idler.new_wire() for idler in self.idlers])
        await asyncio.wait_for(self.full.wait(), LIMIT_S)
        return time.perf_counter() - began


async def measure_sockets(
    address: Address, tickets: Sequence[str], live_pid: Callable[[], int], kill: Callable[[], None]
) -> Figures:
    """Connect one client per ticket, weigh the process, kill it, and time the return of all.

    Each client follows the streams its welcome names (at least one). ``live_pid`` gives the
    gateway's process; ``kill`` kills it with -9, and somebody starts it again on the same
    listening socket. Raises TimeoutError when not all come in.
    """
    raise_descriptor_limit()
    hall = Hall(tickets)
    before = _resident(live_pid())
    opened_s = await hall.fill(address)
    await asyncio.sleep(SETTLE_S)
    after = _resident(live_pid())
    kill()
    began = time.perf_counter()
    await asyncio.wait_for(hall.empty.wait(), LIMIT_S)
    await hall.fill(address)
    resume_s = time.perf_counter() - began
    for idler in hall.idlers:
        idler.wire.close()
    return {
        "connections": len(tickets),
        "bytes_each": round((after - before) / len(tickets)),
        "opened_s": round(opened_s, 2),
        "resume_s": round(resume_s, 2),
    }


def _resident(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)
