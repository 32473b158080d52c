"""The two sides of a conversation seeing each other: who is connected, who is typing.

A side is everybody who follows that side's stream. Nothing here is stored.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from typing import TYPE_CHECKING, Literal, NamedTuple

from bitp.live.framing import text_frame
from bitp.live.inbound import Subject
from bitp.live.protocol import PresenceSeen, TypingSeen, encode_frame

if TYPE_CHECKING:
    from bitp.live.client import Client
    from bitp.live.streams import Stream, Streams

# A typing mark fades in the other's window after this long; until then its state is remembered.
TYPING_FADES_S = 6.0

CUSTOMER, STAFF = "customer", "staff"


class Side(NamedTuple):
    """One side of one conversation."""

    conversation: str
    kind: str

    @property
    def who(self) -> Literal["contact", "agent"]:
        """As the other side is told."""
        return "contact" if self.kind == CUSTOMER else "agent"

    @property
    def stream(self) -> str:
        """The stream this side follows."""
        return f"conversation/{self.conversation}/{self.kind}"

    @property
    def other(self) -> Side:
        """The opposite side."""
        return Side(self.conversation, STAFF if self.kind == CUSTOMER else CUSTOMER)


def find_side(stream: str) -> Side | None:
    """The side whose stream this is, or none for other streams."""
    parts = stream.split("/")
    if len(parts) == 3 and parts[0] == "conversation" and parts[2] in (CUSTOMER, STAFF):
        return Side(parts[1], parts[2])
    return None


class Typing:
    """What one person's typing mark is, and what the other side was told.

    will_tell: a timer runs that tells what changed meanwhile.
    """

    __slots__ = ("at", "name", "told", "wanted", "will_tell")

    def __init__(self, name: str) -> None:
        self.name = name
        self.at = 0.0
        self.told = False
        self.wanted = False
        self.will_tell = False


class Sides:
    """Tells each side about the other. away_s: patience before "left" is told."""

    def __init__(
        self, loop: AbstractEventLoop, streams: Streams, away_s: float, typing_s: float
    ) -> None:
        self._loop = loop
        self._streams = streams
        self._away_s = away_s
        self._typing_s = typing_s
        self._leaving: set[str] = set()
        self._typing: dict[tuple[str, Side], Typing] = {}

    def joined(self, client: Client, stream: Stream) -> None:
        """A subscription to a side's stream stands: tell the other side, and the client."""
        side = find_side(stream.name)
        stream.present += 1
        if side is None:
            return
        other = self._streams.find(side.other.stream)
        is_there = other is not None and other.present > 0
        client.send(PresenceSeen(side.conversation, side.other.who, is_there))
        if stream.present == 1 and stream.name not in self._leaving:
            self._tell_presence(side, on=True)

    def left(self, stream: Stream) -> None:
        """A follower of a side's stream is gone; the last one's leaving is told later."""
        stream.present -= 1
        if stream.present or stream.name in self._leaving or find_side(stream.name) is None:
            return
        self._leaving.add(stream.name)
        self._loop.call_later(self._away_s, self._left_for_good, stream.name)

    def typed(self, subject: Subject, conversation: str, on: bool) -> None:
        """A person is (not) typing: the other side hears it, at most once per ``typing_s``."""
        side = Side(conversation, subject.kind)
        key = (subject.key, side)
        typing = self._typing.get(key)
        if typing is None:
            typing = self._typing[key] = Typing(subject.name)
        typing.wanted = on
        wait = typing.at + self._typing_s - self._loop.time()
        if wait <= 0:
            self._tell_typing(key)
        elif not typing.will_tell:
            typing.will_tell = True
            self._loop.call_later(wait, self._tell_change, key)

    def _left_for_good(self, name: str) -> None:
        self._leaving.discard(name)
        stream, side = self._streams.find(name), find_side(name)
        if side is not None and (stream is None or not stream.present):
            self._tell_presence(side, on=False)

    def _tell_presence(self, side: Side, *, on: bool) -> None:
        self._tell(side.other, PresenceSeen(side.conversation, side.who, on))

    def _tell_change(self, key: tuple[str, Side]) -> None:
        typing = self._typing.get(key)
        if typing is None:
            return
        typing.will_tell = False
        if typing.wanted != typing.told:
            self._tell_typing(key)

    def _tell_typing(self, key: tuple[str, Side]) -> None:
        side, typing = key[1], self._typing[key]
        typing.at, typing.told = self._loop.time(), typing.wanted
        self._tell(side.other, TypingSeen(side.conversation, side.who, typing.name, typing.told))
        self._loop.call_later(TYPING_FADES_S, self._forget, key, typing.at)

    def _forget(self, key: tuple[str, Side], at: float) -> None:
        typing = self._typing.get(key)
        if typing is not None and typing.at == at:
            del self._typing[key]

    def _tell(self, side: Side, frame: PresenceSeen | TypingSeen) -> None:
        stream = self._streams.find(side.stream)
        if stream is None:
            return
        data = text_frame(encode_frame(frame))
        for client in stream.followers:
            client.write(data)
