"""One connected client, whatever carries its frames: who it is, what it follows, its limits."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING

from bitp.live.framing import text_frame
from bitp.live.limits import admit
from bitp.live.protocol import (
    BAD_FRAMES_MAX,
    EXCESS_FRAMES_MAX,
    Ack,
    ClientFrame,
    Error,
    Hello,
    Presence,
    Send,
    ServerFrame,
    encode_frame,
)
from bitp.live.reading import BadFrame, read_frame

if TYPE_CHECKING:
    from bitp.live.gateway import Gateway
    from bitp.live.inbound import Subject
    from bitp.live.streams import Stream


class State(IntEnum):
    """A client's life, in order."""

    NEW = 0  # has not said hello
    ASKING = 1  # hello is being judged
    OPEN = 2
    CLOSING = 3  # told to go; nothing is acted on or written any more


# As plain names: comparing them is on every frame's way.
NEW, ASKING, OPEN, CLOSING = State


class Client:
    """What all transports share. Subclasses carry frames."""

    __slots__ = (
        "address",
        "bad",
        "early",
        "excess",
        "following",
        "frames_at",
        "gateway",
        "presence",
        "sends_at",
        "state",
        "subject",
    )

    def __init__(self, gateway: Gateway, address: str) -> None:
        self.gateway = gateway
        self.address = address
        self.state = NEW
        self.subject: Subject | None = None
        self.following: list[Stream] = []
        # What a member of the staff said last of being there.
        self.presence: Presence | None = None
        # Frames that came while hello was being judged.
        self.early: list[ClientFrame] = []
        self.frames_at = 0.0
        self.sends_at = 0.0
        self.bad = 0
        self.excess = 0

    @abstractmethod
    def write(self, frame: bytes) -> None:
        """Send one frame made by ``text_frame``; cuts the client if it reads too slowly."""

    @abstractmethod
    def write_all(self, frames: list[bytes]) -> None:
        """Send several frames, in order."""

    @abstractmethod
    def when_drained(self, then: Callable[[], None]) -> None:
        """Call ``then`` once little enough is unsent; at once if that is so now."""

    @abstractmethod
    def flush(self) -> None:
        """Hand what was written to the transport."""

    @abstractmethod
    def abort(self) -> None:
        """End at once."""

    @abstractmethod
    def close(self, code: int, reason: str = "") -> None:
        """Tell the client to go. Its frames are not acted on any more."""

    def send(self, frame: ServerFrame) -> None:
        """Encode and send one frame."""
        self.write(text_frame(encode_frame(frame)))

    def receive(self, data: bytes | None) -> None:
        """Act on one frame's text; None stands for a binary frame."""
        if self.state is CLOSING:
            return
        settings = self.gateway.settings
        at = admit(
            self.frames_at, self.gateway.time(), settings.frames_per_s, settings.frames_burst
        )
        try:
            frame = read_frame(data)
        except BadFrame as error:
            self._refuse_bad(error)
            return
        if at < 0:
            self._refuse_excess(frame)
            return
        self.frames_at = at
        self._take(frame)

    def _take(self, frame: ClientFrame) -> None:
        if self.state is OPEN:
            self.gateway.handle(self, frame)
        elif self.state is ASKING:
            self.early.append(frame)
        elif isinstance(frame, Hello):
            self.gateway.greet(self, frame)
        else:
            self.close(4400, "hello comes first")

    def _refuse_bad(self, error: BadFrame) -> None:
        self.bad += 1
        if self.state is NEW or self.bad > BAD_FRAMES_MAX:
            self.close(4400, error.code)
        else:
            self.send(error.answer())

    def _refuse_excess(self, frame: ClientFrame) -> None:
        self.excess += 1
        if self.excess > EXCESS_FRAMES_MAX:
            self.close(4429, "too_many_frames")
        elif isinstance(frame, Send):
            self.refuse_send(frame, "too_many_frames")
        else:
            self.send(Error("too_many_frames", retry_s=1))

    def refuse_send(self, frame: Send, code: str) -> None:
        """Answer a send that was not tried; the same again can succeed."""
        self.send(
            Ack(
                frame.cid,
                "refused",
                conversation=frame.conversation,
                thread=frame.thread,
                code=code,
                retry=True,
            )
        )
