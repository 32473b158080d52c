"""Pages through the shared port against pages straight from web: what the relay costs."""

from __future__ import annotations

import asyncio
import re
import time
from asyncio import BaseTransport, Protocol, Transport
from collections.abc import Callable
from typing import cast

from bitp.live.bench.wire import Address, percentile

# Both ways take turns, so that a busy moment of the machine falls on both.
ROUNDS = 5
# Connections that ask for pages at the same time, each for one after the other.
CONNECTIONS = 16
_PROXY = b"PROXY TCP4 127.0.0.1 127.0.0.1 1024 80\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)

Figures = dict[str, float | int]


class Reader(Protocol):
    """Asks for one page after the other on one connection."""

    def __init__(self, request: bytes, first: bytes, done: Callable[[bytes, float], None]) -> None:
        self._request = request
        self._first = first
        self._done = done
        self._data = b""
        self._asked_at = 0.0
        self._transport: Transport | None = None
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: BaseTransport) -> None:
        """Ask for the first page."""
        self._transport = cast(Transport, transport)
        self._transport.write(self._first)
        self._ask()

    def connection_lost(self, _: Exception | None) -> None:
        """The server closed, or we did."""
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take one answer; ask again when it is whole."""
        self._data += data
        if _is_whole(self._data):
            status, self._data = self._data[9:12], b""
            self._done(status, time.perf_counter() - self._asked_at)
            self._ask()

    def close(self) -> None:
        """Ask no more."""
        if self._transport is not None:
            self._transport.abort()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        if self._transport is not None:
            self._transport.write(self._request)


class Way:
    """One way to the pages, and what came back on it."""

    def __init__(self, address: Address | str, target: str, host: str) -> None:
        self._address = address
        self._request = f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
        self.pages = 0
        self.bad = 0
        self.seconds = 0.0
        self.latencies_s: list[float] = []

    async def run(self, seconds: float) -> None:
        """Ask for pages on all connections for ``seconds``."""
        began = time.perf_counter()
        readers = [asyncio.create_task(self._read(began + seconds)) for _ in range(CONNECTIONS)]
        await asyncio.gather(*readers)
        self.seconds += time.perf_counter() - began

    def per_s(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    async def _read(self, until: float) -> None:
        while (left := until - time.perf_counter()) > 0:
            reader = await self._connect()
            await asyncio.wait([reader.ended], timeout=left)
            reader.close()

    async def _connect(self) -> Reader:
        loop = asyncio.get_running_loop()
        if isinstance(self._address, str):
            straight = Reader(self._request, _PROXY, self._count)
            await loop.create_unix_connection(lambda: straight, self._address)
            return straight
        through = Reader(self._request, b"", self._count)
        await loop.create_connection(lambda: through, *self._address)
        return through

    def _count(self, status: bytes, latency_s: float) -> None:
        self.pages += 1
        self.bad += not status.startswith((b"2", b"3"))
        self.latencies_s.append(latency_s)


async def measure_port(
    address: Address, web_socket_path: str, target: str, seconds: float, host: str = "localhost"
) -> Figures:
    """Pages per second by ``address`` (the shared port) and straight by web's Unix socket.

    ``seconds`` for each way, in turns. page_loss: the share of throughput lost on the way, below
    0 if there was none. bad: answers that were no page.
    """
    through = Way(address, target, host)
    straight = Way(web_socket_path, target, host)
    for way in (straight, through):
        await way.run(0.2)
        way.pages, way.seconds, way.latencies_s = 0, 0.0, []
    for _ in range(ROUNDS):
        await straight.run(seconds / ROUNDS)
        await through.run(seconds / ROUNDS)
    return {
        "pages_per_s": round(through.per_s(), 1),
        "straight_pages_per_s": round(straight.per_s(), 1),
        "page_loss": round(1 - through.per_s() / straight.per_s(), 3),
        "p50_ms": round(1000 * percentile(through.latencies_s, 0.5), 2),
        "straight_p50_ms": round(1000 * percentile(straight.latencies_s, 0.5), 2),
        "bad": through.bad + straight.bad,
    }


def _is_whole(data: bytes) -> bool:
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return False
    length = _LENGTH.search(data, 0, end)
    if length is not None:
        return len(data) >= end + 4 + int(length[1])
    return data.endswith(b"0\r\n\r\n")
