"""A client that costs next to nothing: hand-made frames on a plain asyncio protocol."""

from __future__ import annotations

import asyncio
import resource
from asyncio import BaseTransport, Protocol, Transport
from collections.abc import Callable
from typing import Any, cast

import msgspec

from bitp.live.protocol import Frame

Address = tuple[str, int]
# Connections come from this many loopback addresses, so that ports never run out.
SOURCES = 10
# Connections being opened at the same time.
OPENING_MAX = 200

_encode = msgspec.json.Encoder().encode
_UPGRADE = (
    b"GET /live HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)
# A mask of zeros leaves the payload as it is.
_NO_MASK = b"\x00\x00\x00\x00"


def client_frame(payload: bytes) -> bytes:
    """``payload`` as one masked text frame."""
    length = len(payload)
    if length < 126:
        return bytes((0x81, 0x80 | length)) + _NO_MASK + payload
    return b"\x81\xfe" + length.to_bytes(2, "big") + _NO_MASK + payload


class WireClient(Protocol):
    """One connection; ``heard`` is called with each text frame's payload, ``lost`` at its end."""

    __slots__ = ("_data", "_is_open", "heard", "lost", "opened", "transport")

    def __init__(
        self, opened: Callable[[], None], heard: Callable[[bytes], None], lost: Callable[[], None]
    ) -> None:
        self.opened, self.heard, self.lost = opened, heard, lost
        self.transport: Transport | None = None
        self._data = b""
        self._is_open = False

    def send(self, frame: Frame) -> None:
        """Send one frame of the live protocol."""
        self.write(client_frame(_encode(frame)))

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        if self.transport is not None:
            self.transport.write(data)

    def close(self) -> None:
        """End without a word."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = cast(Transport, transport)
        self.transport.write(_UPGRADE)

    def connection_lost(self, _: Exception | None) -> None:
        """The connection is gone."""
        self.transport = None
        self.lost()

    def data_received(self, data: bytes) -> None:
        """Take the answer to the upgrade, then frames."""
        self._data = self._data + data if self._data else data
        if not self._is_open:
            self._open()
        if self._is_open and self._data:
            self._take_frames()

    def _open(self) -> None:
        end = self._data.find(b"\r\n\r\n")
        if end < 0:
            return
        if not self._data.startswith(b"HTTP/1.1 101 "):
            self.close()
            return
        self._data = self._data[end + 4 :]
        self._is_open = True
        self.opened()

    def _take_frames(self) -> None:
        data, at = self._data, 0
        while len(data) - at >= 2:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if len(data) < start + length:
                break
            self._act(data[at], data[start : start + length])
            at = start + length
        self._data = data[at:]

    def _act(self, kind: int, payload: bytes) -> None:
        if kind == 0x81:
            self.heard(payload)
        elif kind == 0x89:
            self.write(b"\x8a\x80" + _NO_MASK)


async def open_client(address: Address, client: WireClient, number: int = 0) -> None:
    """Connect from one of the loopback addresses, chosen by ``number``."""
    source = (f"127.0.0.{2 + number % SOURCES}", 0)
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: client, *address, local_addr=source)


async def open_all(address: Address, clients: list[Any]) -> None:
    """Connect many, OPENING_MAX at a time; who fails tries again until it works."""
    gate = asyncio.Semaphore(OPENING_MAX)

    async def open_one(number: int, client: WireClient) -> None:
        async with gate:
            while True:
                try:
                    return await open_client(address, client, number)
                except OSError:
                    await asyncio.sleep(0.05)

    await asyncio.gather(*(open_one(number, client) for number, client in enumerate(clients)))


def raise_descriptor_limit() -> None:
    """As many descriptors as this process may have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def percentile(values: list[float], share: float) -> float:
    """The value below which ``share`` of ``values`` lie; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
