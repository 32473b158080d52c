"""The way to web: raw bytes over its Unix socket, both ways.

The connection begins with one PROXY line (see proxies.py). While web is away it is tried again
for a few seconds; a page that was asked for when web died is asked for once more, because
asking for a page changes nothing; anything else is the client's to repeat.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import BaseTransport, Protocol, Task, Transport
from typing import TYPE_CHECKING, cast

from bitp.live.faults import report
from bitp.live.proxies import proxy_line

if TYPE_CHECKING:
    from bitp.live.doorway import Doorway

# Between two tries to reach web.
RETRY_S = 0.05
# Bytes kept for a web that is not reached yet; beyond, the client is not read.
WAITING_BYTES_MAX = 64 * 1024
_REPEATABLE = (b"GET ", b"HEAD ")


class Relay(Protocol):
    """One connection to web on behalf of one visitor at the doorway."""

    __slots__ = (
        "_asked",
        "_doorway",
        "_has_ended",
        "_path",
        "_task",
        "_transport",
        "_wait_s",
        "_waiting",
        "_was_repeated",
        "has_answered",
        "has_room",
        "is_awaiting",
    )

    def __init__(self, doorway: Doorway, path: str, wait_s: float) -> None:
        self._doorway = doorway
        self._path = path
        self._wait_s = wait_s
        self._transport: Transport | None = None
        self._waiting: list[bytes] = []
        # The request that went out last, until its answer begins.
        self._asked = b""
        self._was_repeated = False
        self._has_ended = False
        # A request went out and not a byte came back for it yet.
        self.is_awaiting = False
        self.has_answered = False
        # Web is there and takes what it is given.
        self.has_room = False
        self._task: Task[None] = doorway.loop.create_task(self._connect())

    def write(self, data: bytes) -> None:
        """Pass on bytes of the client."""
        self._asked = b"" if self.is_awaiting else data
        self.is_awaiting = True
        if self._transport is not None:
            self._transport.write(data)
            return
        self._waiting.append(data)
        if sum(map(len, self._waiting)) > WAITING_BYTES_MAX:
            self._doorway.pause()

    def pour(self, data: bytes) -> None:
        """Pass on more of the body of what was written last; only while ``has_room``."""
        assert self._transport is not None
        # Whatever web does not take at once stays where it is, and we are told when it did.
        self._transport.set_write_buffer_limits(0)
        self._transport.write(data)

    def end(self) -> None:
        """The client sends no more."""
        self._has_ended = True
        if self._transport is not None:
            self._transport.write_eof()

    def abort(self) -> None:
        """Nobody waits for an answer any more."""
        self.is_awaiting = False
        self._task.cancel()
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> None:
        """The client reads slowly."""
        if self._transport is not None:
            self._transport.pause_reading()

    def resume(self) -> None:
        """The client has caught up."""
        if self._transport is not None:
            self._transport.resume_reading()

    # --- from web

    def connection_made(self, transport: BaseTransport) -> None:
        """Web took the connection: say whose it is, and all that waited."""
        self._transport = web = cast(Transport, transport)
        waiting, self._waiting = self._waiting, []
        self.has_room = True
        web.write(proxy_line(self._doorway.transport) + b"".join(waiting))
        self._doorway.resume()
        if self._has_ended:
            web.write_eof()

    def data_received(self, data: bytes) -> None:
        """Pass the answer on."""
        self.is_awaiting = False
        self.has_answered = True
        self._asked = b""
        self._doorway.answer(data)

    def eof_received(self) -> bool:
        """Web has said all."""
        return False

    def connection_lost(self, _: Exception | None) -> None:
        """Web is gone, in the middle of things or not."""
        self._transport = None
        self.has_room = False
        if self._may_repeat():
            self._was_repeated = True
            self._waiting = [self._asked]
            self._task = self._doorway.loop.create_task(self._connect())
        elif self.is_awaiting and not self.has_answered:
            self._doorway.web_is_away(self, self._asked)
        else:
            self._doorway.web_ended(self)

    def pause_writing(self) -> None:
        """Web reads slowly."""
        self.has_room = False
        self._doorway.pause()

    def resume_writing(self) -> None:
        """Web has caught up."""
        self.has_room = True
        self._doorway.resume()

    def _may_repeat(self) -> bool:
        is_repeatable = self.is_awaiting and self._asked.startswith(_REPEATABLE)
        return is_repeatable and not (self._was_repeated or self._has_ended)

    async def _connect(self) -> None:
        loop = self._doorway.loop
        until = loop.time() + self._wait_s
        while (dialled := _dial(self._path)) is None:
            if loop.time() >= until:
                self._doorway.web_is_away(self, self._waiting[0] if self._waiting else b"")
                return
            await asyncio.sleep(RETRY_S)
        try:
            await loop.create_unix_connection(lambda: self, sock=dialled)
        except OSError as error:
            report("connecting to web", error)
            self._doorway.web_is_away(self, b"")


def _dial(path: str) -> socket.socket | None:
    """A connected socket, or none if web does not listen or has no room now.

    On Unix sockets connecting never waits: it succeeds or fails at once.
    """
    dialled = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dialled.setblocking(False)
    try:
        dialled.connect(path)
    except OSError:
        dialled.close()
        return None
    return dialled
