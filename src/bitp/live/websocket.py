"""A client on a WebSocket: an asyncio protocol without a task of its own."""

from __future__ import annotations

import random
from asyncio import Protocol, Transport
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.datastructures import Headers
from websockets.http11 import Request as Upgrade
from websockets.server import ServerProtocol

from bitp.live.client import CLOSING, OPEN, Client
from bitp.live.framing import PING, Slow, take_texts
from bitp.live.requests import Request

if TYPE_CHECKING:
    from bitp.live.gateway import Gateway

# More than this in the transport's buffer counts as "behind": replays pause there.
HIGH_WATER_BYTES = 64 * 1024
# Pings are spread by this share of their interval, so that they never come all at once.
PING_SPREAD = 0.1


def accept(request: Request, headers: list[tuple[str, str]]) -> tuple[bool, bytes]:
    """The library's answer to an upgrade request, and whether it is a 101."""
    asked = Upgrade(request.target, Headers(headers), request.method, request.version)
    answer = ServerProtocol().accept(asked)
    return answer.status_code == HTTPStatus.SWITCHING_PROTOCOLS, answer.serialize()


class WebSocket(Client, Protocol):
    """Frames in and out; writes of one loop turn go out as one."""

    __slots__ = (
        "_asked",
        "_behind",
        "_drained",
        "_heard",
        "_out",
        "_slow",
        "_transport",
        "deadline",
    )

    def __init__(self, gateway: Gateway, address: str, transport: Transport) -> None:
        super().__init__(gateway, address)
        self._transport = transport
        self._slow: Slow | None = None
        self._out = b""
        self._behind = False
        self._drained: list[Callable[[], None]] = []
        # When it was last heard, and last asked whether it is there.
        self._heard = self._asked = gateway.wheel.now
        self.deadline = self._heard + gateway.settings.hello_s
        transport.set_write_buffer_limits(HIGH_WATER_BYTES)
        gateway.wheel.add(self)

    # --- from the peer

    def data_received(self, data: bytes) -> None:
        """Take frames apart and act on them."""
        self._heard = self.gateway.wheel.now
        if self._slow is None:
            texts, data = take_texts(data, self.gateway.settings.frame_bytes)
            for text in texts:
                self.receive(text)
        if data:
            self._feed_slow(data)

    def eof_received(self) -> bool:
        """The peer sends no more: an end without a closing handshake."""
        return False

    def connection_lost(self, _: Exception | None) -> None:
        """The connection is gone."""
        self.state = CLOSING
        self._drained.clear()
        self.gateway.lost(self)

    def pause_writing(self) -> None:
        """The peer reads more slowly than we write."""
        self._behind = True

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self._behind = False
        while self._drained and not self._behind:
            self._drained.pop(0)()
            self.flush()

    def _feed_slow(self, data: bytes) -> None:
        slow = self._get_slow()
        for message in slow.feed(data):
            self.receive(message)
        self._write_slow(slow)
        if slow.is_idle():
            self._slow = None

    def _get_slow(self) -> Slow:
        if self._slow is None:
            self._slow = Slow(self.gateway.settings.frame_bytes)
        return self._slow

    def _write_slow(self, slow: Slow) -> None:
        """Write what the library says, and end as it says."""
        for data in slow.take_output():
            if data and self.state is not CLOSING:
                self._put(data)
        if slow.is_closing():
            self._end(slow)

    def _end(self, slow: Slow) -> None:
        """Part in peace: what is unread must not turn our last words into a reset."""
        self.flush()
        if slow.is_over():
            self._transport.close()
        elif self.state is not CLOSING:
            self.gateway.loop.call_later(self.gateway.settings.close_s, self._transport.abort)
            if slow.has_failed():
                self._transport.write_eof()
        self.state = CLOSING

    # --- to the peer

    def write(self, frame: bytes) -> None:
        """As Client says."""
        if self.state is CLOSING:
            return
        if self._behind and self._unsent() + len(frame) > self.gateway.settings.unsent_bytes:
            self.gateway.counts.slow_readers += 1
            self.close(4408, "reading too slowly")
            return
        self._put(frame)

    def write_all(self, frames: list[bytes]) -> None:
        """As Client says."""
        if frames:
            self.write(b"".join(frames))

    def when_drained(self, then: Callable[[], None]) -> None:
        """As Client says."""
        if len(self._out) > HIGH_WATER_BYTES:
            self.flush()
        if self._behind:
            self._drained.append(then)
        else:
            then()

    def close(self, code: int, reason: str = "") -> None:
        """As Client says."""
        if self.state is not CLOSING:
            slow = self._get_slow()
            slow.close(code, reason)
            self._write_slow(slow)

    def flush(self) -> None:
        """Hand what was written in this turn of the loop to the transport."""
        out, self._out = self._out, b""
        if out and not self._transport.is_closing():
            self._transport.write(out)

    def abort(self) -> None:
        """End at once."""
        self._transport.abort()

    def _put(self, data: bytes) -> None:
        if self._out:
            self._out += data
        else:
            self._out = data
            self.gateway.flush_later(self)

    def _unsent(self) -> int:
        return len(self._out) + self._transport.get_write_buffer_size()

    # --- the clock

    def overdue(self, now: float) -> float:
        """Ask whether the peer is there, or end if it said nothing for too long."""
        settings = self.gateway.settings
        if self.state is CLOSING:
            return 0
        if self.state < OPEN or now - self._heard > settings.silent_s:
            self.close(4408, "silent for too long")
            return 0
        if self._heard >= self._asked:
            self._repeat_presence()
        self._asked = now
        self._put(PING)
        return now + settings.ping_s * random.uniform(1 - PING_SPREAD, 1 + PING_SPREAD)  # noqa: S311

    def _repeat_presence(self) -> None:
        """Browsers let a hidden page's timers sleep, but they answer pings: it is still there."""
        if self.presence and self.subject:
            self.gateway.availability.put(self.subject.key, (self.subject, self.presence))
