"""Who follows which stream, and handing each entry to all of them.

An entry is encoded once, whoever follows. Every follower has the number it got last; a follower
that is still catching up has its CatchUp there instead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bitp.live.catchup import CatchUp
from bitp.live.framing import text_frame
from bitp.live.inbound import Entry
from bitp.live.protocol import Event, encode_frame

if TYPE_CHECKING:
    from bitp.live.client import Client


def event_frame(entry: Entry) -> bytes:
    """The entry as a WebSocket frame."""
    event = Event(entry.stream, entry.n, entry.kind, entry.at_us, entry.data)
    return text_frame(encode_frame(event))


class Stream:
    """One stream that somebody follows: client → number it got last.

    present: followers whose subscription stands.
    """

    __slots__ = ("followers", "name", "present")

    def __init__(self, name: str) -> None:
        self.name = name
        self.present = 0
        self.followers: dict[Client, int | CatchUp] = {}

    def deliver(self, entry: Entry) -> list[Client]:
        """Give the entry to every follower; returns those who miss the entry before it."""
        frame, number = event_frame(entry), entry.n
        behind = []
        for client, at in self.followers.items():
            if isinstance(at, CatchUp):
                at.hold(number, frame)
            elif number == at + 1:
                self.followers[client] = number
                client.write(frame)
            elif number > at:
                behind.append(client)
        return behind


class Streams:
    """All streams that are followed now."""

    def __init__(self) -> None:
        self._streams: dict[str, Stream] = {}
        self.delivered = 0

    def __len__(self) -> int:
        return len(self._streams)

    def find(self, name: str) -> Stream | None:
        """The stream, if anybody follows it."""
        return self._streams.get(name)

    def join(self, client: Client, name: str, catch: CatchUp) -> Stream:
        """Make the client a follower that catches up."""
        stream = self._streams.get(name)
        if stream is None:
            stream = self._streams[name] = Stream(name)
        stream.followers[client] = catch
        return stream

    def leave(self, client: Client, stream: Stream) -> int | CatchUp | None:
        """The client follows no longer; returns where it stood."""
        at = stream.followers.pop(client, None)
        if not stream.followers and self._streams.get(stream.name) is stream:
            del self._streams[stream.name]
        return at

    def deliver(self, entry: Entry, miss: Callable[[Client, Stream], None]) -> None:
        """Give an entry to whoever follows; ``miss`` is called for each who lacks earlier ones."""
        stream = self._streams.get(entry.stream)
        if stream is None:
            return
        self.delivered += len(stream.followers)
        for client in stream.deliver(entry):
            miss(client, stream)
