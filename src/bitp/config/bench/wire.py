"""The cheapest honest WebSocket client: the load generator shares two cores with the server.

Client frames must be masked; a mask of zeros is valid and costs nothing.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast

import msgspec

TEXT = 0x81
PING, PONG, CLOSE = 0x9, 0xA, 0x8
SHORT, LONG = 125, 126
NO_MASK = b"\x00\x00\x00\x00"

Receive = Callable[["Wire", bytes], None]


class Wire(asyncio.Protocol):
    """One connection. ``receive`` gets each text frame's bytes."""

    def __init__(self, receive: Receive, host: str) -> None:
        self.receive = receive
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._host = host
        self._buffer = bytearray()
        self._is_open = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self._transport.write(
            f"GET /live HTTP/1.1\r\nHost: {self._host}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )

    def send(self, frame: object) -> None:
        """Sends a frame (anything msgspec encodes) as one text message."""
        self.send_text(msgspec.json.encode(frame))

    def send_text(self, body: bytes) -> None:
        """Sends the bytes as one text message."""
        assert self._transport is not None
        size = len(body)
        head = (
            bytes([TEXT, 0x80 | size])
            if size <= SHORT
            else struct.pack("!BBH", TEXT, 0x80 | LONG, size)
        )
        self._transport.write(head + NO_MASK + body)

    def close(self) -> None:
        """Drops the connection."""
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self._buffer[:32]:
                self.opened.set_exception(ConnectionError(bytes(self._buffer[:60]).decode()))
                return
            del self._buffer[: end + 4]
            self._is_open = True
            self.opened.set_result(None)
        self._take_frames()

    def _take_frames(self) -> None:
        buffer, at, have = self._buffer, 0, len(self._buffer)
        while have - at >= 2:
            size, head = buffer[at + 1], 2
            if size == LONG:
                if have - at < 4:
                    break
                size, head = int.from_bytes(buffer[at + 2 : at + 4]), 4
            elif size > LONG:
                if have - at < 10:
                    break
                size, head = int.from_bytes(buffer[at + 2 : at + 10]), 10
            if have - at < head + size:
                break
            self._frame(buffer[at] & 0x0F, bytes(buffer[at + head : at + head + size]))
            at += head + size
        del buffer[:at]

    def _frame(self, kind: int, body: bytes) -> None:
        if kind == PING and self._transport:
            self._transport.write(bytes([0x80 | PONG, 0x80 | len(body)]) + NO_MASK + body)
        elif kind == CLOSE and not self.closed.done():
            self.closed.set_result(int.from_bytes(body[:2]))
        elif kind not in {PING, PONG, CLOSE}:
            self.receive(self, body)

    def connection_lost(self, _exc: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(0)
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))


async def open_wire(address: tuple[str, int], receive: Receive) -> Wire:
    """A connected wire; raises OSError or ConnectionError."""
    loop = asyncio.get_running_loop()
    host = f"localhost:{address[1]}"
    _, wire = await loop.create_connection(lambda: Wire(receive, host), *address)
    await asyncio.wait_for(wire.opened, 30)
    return wire
