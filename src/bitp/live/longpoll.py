"""A client behind something that blocks WebSockets: POST frames, get frames, again and again.

A request is a JSON array of client frames led by a poll frame, its answer one of server frames
led by a polled frame. An answer is held until there is something to say. What an answer carried
is kept until the next request confirms it by number, so a lost answer loses nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from bitp.lib.ids import new_token
from bitp.live.answers import array_answer, refusal
from bitp.live.client import CLOSING, NEW, Client
from bitp.live.framing import payload_of
from bitp.live.protocol import POLL_FRAMES_MAX, Closed, Poll, Polled, encode_frame
from bitp.live.serving import connect

if TYPE_CHECKING:
    from bitp.live.doorway import Doorway
    from bitp.live.gateway import Gateway

# More than this unconfirmed counts as "behind": replays pause there.
HIGH_WATER_BYTES = 64 * 1024
# How often a poll's times are looked at.
LOOK_S = 1.0

_decode_array = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode_poll = msgspec.json.Decoder(Poll).decode


class PollClient(Client):
    """Frames in and out through one request after the other."""

    __slots__ = (
        "_door",
        "_drained",
        "_due",
        "_farewell",
        "_n",
        "_out",
        "_size",
        "_unconfirmed",
        "deadline",
        "id",
    )

    def __init__(self, gateway: Gateway, address: str) -> None:
        super().__init__(gateway, address)
        self.id = new_token()
        self._door: Doorway | None = None
        self._out: list[bytes] = []
        self._unconfirmed: list[bytes] = []
        # Number of the last frame that an answer carried.
        self._n = 0
        # Bytes in both lists.
        self._size = 0
        self._drained: list[Callable[[], None]] = []
        # What is said to who still asks after the end.
        self._farewell = b""
        self._due = gateway.time() + gateway.settings.hello_s
        self.deadline = self._due
        self._look_again()
        gateway.wheel.add(self)

    def poll(self, door: Doorway, seen: int, frames: list[bytes]) -> None:
        """One request: what it confirms, what it brings, and its answer sooner or later."""
        self._confirm(seen)
        earlier, self._door = self._door, door
        if earlier is not None:
            earlier.served(_answer(self.id, self._n, []))
        if self.state is CLOSING and not self._out:
            self._out.append(self._farewell)
        for frame in frames:
            self.receive(frame)
        self._due = self.gateway.time() + self.gateway.settings.poll_hold_s
        self.gateway.flush_later(self)

    def write(self, frame: bytes) -> None:
        """As Client says."""
        self.write_all([frame])

    def write_all(self, frames: list[bytes]) -> None:
        """As Client says."""
        if self.state is CLOSING:
            return
        self._size += sum(map(len, frames))
        if self._size > self.gateway.settings.unsent_bytes:
            self.gateway.counts.slow_readers += 1
            self.close(4408, "reading too slowly")
            return
        self._out += map(payload_of, frames)
        self.gateway.flush_later(self)

    def when_drained(self, then: Callable[[], None]) -> None:
        """As Client says."""
        if self._size > HIGH_WATER_BYTES:
            self._drained.append(then)
        else:
            then()

    def close(self, code: int, reason: str = "") -> None:
        """As Client says; the id stays known for a while, so that the end can be told."""
        if self.state is CLOSING:
            return
        self.state = CLOSING
        self._drained.clear()
        self._farewell = encode_frame(Closed(code, reason))
        self._out.append(self._farewell)
        self.gateway.flush_later(self)
        self.gateway.loop.call_soon(self.gateway.lost, self)

    def flush(self) -> None:
        """Answer the request that waits, if there is something to say."""
        if self._door is not None and self._out:
            self._let_go()

    def abort(self) -> None:
        """End at once."""
        self.close(1012)
        self.flush()

    def overdue(self, now: float) -> float:
        """Let a held request go with nothing, or forget a client that asks no more."""
        if not self.gateway.polls.knows(self):
            return 0
        if now >= self._due:
            if self._door is None:
                self._forget()
                return 0
            self._let_go()
        return self._look_again()

    def _look_again(self) -> float:
        settings = self.gateway.settings
        look_s = min(LOOK_S, settings.poll_hold_s / 4, settings.poll_kept_s / 4)
        self.deadline = self.gateway.time() + look_s
        return self.deadline

    def _confirm(self, seen: int) -> None:
        missing = min(max(self._n - seen, 0), len(self._unconfirmed))
        self._unconfirmed = self._unconfirmed[len(self._unconfirmed) - missing :]
        self._out = self._unconfirmed + self._out
        self._n -= missing
        self._unconfirmed = []
        self._size = sum(map(len, self._out))
        while self._drained and self._size <= HIGH_WATER_BYTES:
            self._drained.pop(0)()

    def _let_go(self) -> None:
        """Answer the request that waits with all there is."""
        door, self._door = self._door, None
        self._due = self.gateway.time() + self.gateway.settings.poll_kept_s
        if door is not None:
            payloads, self._out = self._out, []
            self._n += len(payloads)
            self._unconfirmed += payloads
            door.served(_answer(self.id, self._n, payloads))
            if self.state is CLOSING and self.subject is None:
                # Nobody counts it any more, and it never came in: nothing of it is kept.
                self.gateway.polls.forget(self)

    def _forget(self) -> None:
        self.state = CLOSING
        self.gateway.polls.forget(self)
        self.gateway.lost(self)


class Polls:
    """All clients that poll, by their secret id."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._clients: dict[str, PollClient] = {}

    def __len__(self) -> int:
        return len(self._clients)

    def take(self, door: Doorway, body: bytes, address: str) -> None:
        """One request's body."""
        frames = _find_frames(body)
        if frames is None:
            door.say_last(refusal(400))
            return
        poll = _find_poll(frames)
        if poll is None or not poll.id:
            self._begin(door, frames[poll is not None :], address)
        elif poll.id in self._clients:
            self._clients[poll.id].poll(door, poll.seen, frames[1:])
        else:
            # Another process knew it, or it was forgotten: say hello again with the token.
            door.served(array_answer([encode_frame(Closed(1012, "unknown id"))]))

    def knows(self, client: PollClient) -> bool:
        """Whether the client may ask again."""
        return client.id in self._clients

    def forget(self, client: PollClient) -> None:
        """The id is not known any more."""
        self._clients.pop(client.id, None)

    def _begin(self, door: Doorway, frames: list[bytes], address: str) -> None:
        client = PollClient(self._gateway, address)
        self._clients[client.id] = client
        is_counted = connect(client)
        client.poll(door, 0, frames)
        if client.state is NEW:
            client.close(4400, "hello comes first")
        if not is_counted:
            client.flush()
            self.forget(client)


def _answer(key: str, n: int, payloads: list[bytes]) -> bytes:
    return array_answer([encode_frame(Polled(key, n)), *payloads])


def _find_frames(body: bytes) -> list[bytes] | None:
    try:
        frames = [bytes(frame) for frame in _decode_array(body)]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return frames if len(frames) <= POLL_FRAMES_MAX else None


def _find_poll(frames: list[bytes]) -> Poll | None:
    try:
        return _decode_poll(frames[0]) if frames else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
