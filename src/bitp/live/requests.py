"""Where each request of a kept connection begins and ends, so that /live is found among them.

A browser or a proxy sends pages and long polls over the same kept connection, so every
request's first line is looked at, not only the connection's first. Heads and small bodies are
passed on only when complete: a slow client holds up nobody but itself.

Two parsers that disagree about a request's end are how requests are smuggled. Here nothing is
decided by this parser but "is this for /live", and at the first thing that is not plain (a
chunked body, two lengths, an odd line) it stops looking: the rest of the connection
is passed on as it is, and web, whose parser alone judges pages, answers 404 to any /live in it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bitp.live.protocol import POLL_BYTES_MAX

# Cookies of a few kilobytes fit; more is refused with 431.
HEAD_BYTES_MAX = 32 * 1024
# A body up to this size is passed on in one piece; a form or a message fits.
BODY_HELD_MAX = 16 * 1024

_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]+) HTTP/1\.([01])\r\n")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x09\x20-\x7e\x80-\xff]*)")
# Headers that say where a body ends, or that its sender waits for a word before it comes.
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:([^\r\n]*)")
_LENGTH = re.compile(rb"[ \t]*([0-9]{1,18})[ \t]*")
_END = b"\r\n\r\n"


class BadRequest(Exception):
    """The connection's first bytes are not a request we pass on; status: what to answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Request(NamedTuple):
    """One whole request. head: up to and including the empty line."""

    method: str
    target: str
    version: str
    head: bytes
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def headers(self) -> list[tuple[str, str]]:
        """Names in lower case, and values; raises BadRequest if a line is no header."""
        lines = self.head[: -len(_END)].split(b"\r\n")[1:]
        return [_parse_header(line) for line in lines]


class Requests:
    """The bytes of one connection, taken apart. ``take`` until it gives None."""

    __slots__ = ("_data", "_is_first", "_remaining", "is_opaque")

    def __init__(self) -> None:
        self._data = b""
        self._is_first = True
        # Bytes of the running request's body that are still to come.
        self._remaining = 0
        # Everything that comes is passed on unseen.
        self.is_opaque = False

    def add(self, data: bytes) -> None:
        """More bytes from the client."""
        self._data = self._data + data if self._data else data

    @property
    def is_held(self) -> bool:
        """Whether bytes wait here for the rest of their request."""
        return bool(self._data)

    @property
    def is_inside(self) -> bool:
        """Whether the client has begun a request and not ended it."""
        return bool(self._data) or self._remaining > 0

    def rest(self) -> bytes:
        """What follows the last request taken."""
        return self._cut(len(self._data))

    def take(self) -> Request | bytes | None:
        """The next request for /live, or bytes for web, or None: nothing complete is there."""
        if not self._data:
            return None
        if self.is_opaque:
            return self._cut(len(self._data))
        if self._remaining:
            return self._take_body()
        return self._take_request()

    def give_up(self) -> None:
        """Look at nothing any more."""
        self.is_opaque = True

    def _cut(self, length: int) -> bytes:
        data = self._data
        if length >= len(data):
            self._data = b""
            return data
        self._data = data[length:]
        return data[:length]

    def _take_body(self) -> bytes:
        part = self._cut(self._remaining)
        self._remaining -= len(part)
        return part

    def _take_request(self) -> Request | bytes | None:
        line = _REQUEST_LINE.match(self._data)
        end = self._data.find(_END, 0, HEAD_BYTES_MAX) + len(_END)
        if end < len(_END):
            return self._wait_for_head(line)
        if line is None:
            return self._pass_unseen(400)
        length = _body_length(self._data[:end])
        if length is None:
            return self._pass_or_refuse(line)
        self._is_first = False
        if _is_live(line[2]):
            return self._take_live(line, end, length)
        return self._take_page(end, length)

    def _wait_for_head(self, line: re.Match[bytes] | None) -> bytes | None:
        if line is None and (b"\r\n" in self._data or not self._data[:1].isupper()):
            return self._pass_unseen(400)
        if len(self._data) >= HEAD_BYTES_MAX:
            return self._pass_unseen(431)
        return None

    def _pass_unseen(self, status: int) -> bytes:
        """Not plain HTTP: refuse a connection that begins so, else leave it to web."""
        if self._is_first:
            raise BadRequest(status)
        self.give_up()
        return self._cut(len(self._data))

    def _pass_or_refuse(self, line: re.Match[bytes]) -> bytes:
        """A body of unknown end: nothing for /live, and not followed for pages."""
        if _is_live(line[2]):
            raise BadRequest(411)
        self._is_first = False
        return self._pass_unseen(400)

    def _take_live(self, line: re.Match[bytes], end: int, length: int) -> Request | None:
        if length > POLL_BYTES_MAX:
            raise BadRequest(413)
        if len(self._data) < end + length:
            return None
        whole = self._cut(end + length)
        method, target, minor = (part.decode("ascii") for part in line.groups())
        return Request(method, target, f"HTTP/1.{minor}", whole[:end], whole[end:])

    def _take_page(self, end: int, length: int) -> bytes | None:
        if length <= BODY_HELD_MAX:
            return self._cut(end + length) if len(self._data) >= end + length else None
        part = self._cut(end + length)
        self._remaining = end + length - len(part)
        return part


def _is_live(target: bytes) -> bool:
    path = target.partition(b"?")[0]
    return path == b"/live" or path.startswith(b"/live/")


def _body_length(head: bytes) -> int | None:
    """Bytes of the body, or None if its end is not told plainly."""
    found = _FRAMING.findall(head.lower())
    if not found:
        return 0
    if len(found) > 1 or found[0][0] != b"content-length":
        return None
    length = _LENGTH.fullmatch(found[0][1])
    return int(length[1]) if length else None


def _parse_header(line: bytes) -> tuple[str, str]:
    match = _HEADER_LINE.fullmatch(line)
    if match is None:
        raise BadRequest(400)
    return match[1].decode("ascii").lower(), match[2].decode("latin-1").strip(" \t")
