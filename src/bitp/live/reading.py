"""From a frame's text to its type, and what to answer when that fails."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from bitp.live.protocol import (
    MESSAGE_CHARACTERS_MAX,
    Ack,
    ClientFrame,
    Error,
    decode_client_frame,
)

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class BadFrame(Exception):
    """Not a frame of a known type within its limits.

    cid: the id if it was a send, so that it can be answered; code: one of ERROR_CODES.
    """

    def __init__(self, cid: str = "", code: str = "bad_frame") -> None:
        super().__init__(code)
        self.cid = cid
        self.code = code

    def answer(self) -> Ack | Error:
        """What the sender is told."""
        return Ack(self.cid, "refused", code=self.code) if self.cid else Error(self.code)


class _Loose(msgspec.Struct):
    t: Any = None
    cid: Any = None
    body: Any = None


_decode_loose = msgspec.json.Decoder(_Loose).decode


def read_frame(data: bytes | None) -> ClientFrame:
    """The frame, else raises BadFrame; None stands for a binary frame."""
    if data is None:
        raise BadFrame
    try:
        return decode_client_frame(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _explain(data) from error


def _explain(data: bytes) -> BadFrame:
    try:
        loose = _decode_loose(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return BadFrame()
    if loose.t != "send" or not isinstance(loose.cid, str) or not _ID.fullmatch(loose.cid):
        return BadFrame()
    if isinstance(loose.body, str) and len(loose.body) > MESSAGE_CHARACTERS_MAX:
        return BadFrame(loose.cid, "too_long")
    return BadFrame(loose.cid)
