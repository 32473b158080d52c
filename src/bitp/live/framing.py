"""WebSocket frames (RFC 6455), as bytes.

Whole, unfragmented text frames are what clients send nearly always, so they are taken apart
right here. Everything else (fragments, control frames, violations) goes to the websockets
library, whose state exists only while such a thing is going on: an idle connection holds none.
"""

from __future__ import annotations

import logging

from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side
from websockets.typing import BytesLike

try:
    from websockets.speedups import apply_mask
except ImportError:  # a platform without the library's C part
    from websockets.utils import apply_mask

PING = b"\x89\x00"
_WHOLE_TEXT = 0x81
_WHOLE_PONG = 0x8A
_MASKED = 0x80
_LENGTH_16 = 126

# The library tells about every connection's end; we do not.
_quiet = logging.getLogger("bitp.live.websocket")
_quiet.setLevel(logging.WARNING)


def text_frame(payload: bytes) -> bytes:
    """``payload`` (UTF-8) as one text frame from a server."""
    length = len(payload)
    if length < _LENGTH_16:
        return bytes((_WHOLE_TEXT, length)) + payload
    if length < 1 << 16:
        return b"\x81\x7e" + length.to_bytes(2, "big") + payload
    return b"\x81\x7f" + length.to_bytes(8, "big") + payload


def payload_of(frame: bytes) -> bytes:
    """The payload of a frame made by ``text_frame``."""
    if frame[1] < _LENGTH_16:
        return frame[2:]
    return frame[4:] if frame[1] == _LENGTH_16 else frame[10:]


def take_texts(data: bytes, most: int) -> tuple[list[bytes], bytes]:
    """The payloads of the whole text frames ``data`` begins with, and what follows them.

    Stops at anything else: a partial, fragmented, unmasked or control frame, or a payload of
    more than ``most`` bytes. Pongs are skipped.
    """
    texts: list[bytes] = []
    at, end = 0, len(data)
    while end - at >= 6:
        kind, length, head = data[at], data[at + 1] ^ _MASKED, 6
        if length == _LENGTH_16 and end - at >= 8:
            length, head = int.from_bytes(data[at + 2 : at + 4], "big"), 8
        elif length >= _LENGTH_16:
            break
        start = at + head
        if length > most or end - start < length or kind not in (_WHOLE_TEXT, _WHOLE_PONG):
            break
        at = start + length
        if kind == _WHOLE_TEXT:
            texts.append(apply_mask(data[start:at], data[start - 4 : start]))
    return texts, data[at:] if at else data


def end_of_frames(data: bytes, most: int) -> int:
    """Where the last whole frame in ``data`` ends; the end of ``data`` if a frame is not allowed.

    Not allowed: not masked, or a payload of more than ``most`` bytes.
    """
    at, end = 0, len(data)
    while end - at >= 2:
        length, head = data[at + 1] & ~_MASKED, 6
        if length >= _LENGTH_16:
            width = 2 if length == _LENGTH_16 else 8
            if end - at < 2 + width:
                break
            length, head = int.from_bytes(data[at + 2 : at + 2 + width], "big"), 6 + width
        if length > most or not data[at + 1] & _MASKED:
            return end
        if end - at < head + length:
            break
        at += head + length
    return at


class Slow:
    """Everything that ``take_texts`` leaves, by the library; also our own close frames.

    The library is given whole frames only: it does not tell when it is in the middle of one.
    """

    __slots__ = ("_library", "_most", "_opcode", "_parts", "_rest")

    def __init__(self, most: int) -> None:
        self._most = most
        self._rest = b""
        self._library = Protocol(Side.SERVER, state=OPEN, max_size=most, logger=_quiet)
        self._parts: list[BytesLike] = []
        self._opcode = Opcode.TEXT

    def feed(self, data: bytes) -> list[bytes | None]:
        """The messages ``data`` completes; None stands for a binary one."""
        data = self._rest + data
        end = end_of_frames(data, self._most)
        self._rest = data[end:]
        self._library.receive_data(data[:end])
        messages = [self._add(event) for event in self._library.events_received()]
        return [message for whole, message in messages if whole]

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake, unless it has begun."""
        if self._library.state is OPEN:
            self._library.send_close(code, reason)

    def take_output(self) -> list[bytes]:
        """What must be written; an empty one at the end means: and then no more."""
        return self._library.data_to_send()

    def is_idle(self) -> bool:
        """Whether this object holds nothing and may be dropped."""
        library = self._library
        return library.state is OPEN and library.current_size is None and not self._rest

    def is_over(self) -> bool:
        """Whether the peer has sent its close frame."""
        return self._library.close_rcvd is not None

    def is_closing(self) -> bool:
        """Whether either side has begun to close."""
        return self._library.state is not OPEN

    def has_failed(self) -> bool:
        """Whether the peer broke the protocol, so that nothing more is read from it."""
        return self._library.parser_exc is not None

    def _add(self, event: object) -> tuple[bool, bytes | None]:
        if not isinstance(event, Frame) or event.opcode not in _DATA:
            return False, None
        if event.opcode is not Opcode.CONT:
            self._opcode = event.opcode
        self._parts.append(event.data)
        if not event.fin:
            return False, None
        message = b"".join(self._parts)
        self._parts = []
        return True, message if self._opcode is Opcode.TEXT else None


_DATA = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)
