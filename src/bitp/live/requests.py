"""Where each request of a kept connection begins and ends, so that /live is found among them.

A browser or a proxy sends pages and long polls over the same kept connection, so every
request's first line is looked at, not only the connection's first. Heads and small bodies are
passed on only when complete: a slow client holds up nobody but itself. Web answers with few
threads, and one that waits for the rest of a body answers nobody; so nothing that is not whole
ever reaches it.

Files are larger than is kept in memory: their heads come alone, as an Upload, and whoever takes
one takes its body by ``take_some`` before anything else.

Two parsers that disagree about a request's end are how requests are smuggled. What is not
plain (a chunked body, two lengths, an odd line) is therefore refused, and the connection ends.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bitp.live.protocol import POLL_BYTES_MAX

# Cookies of a few kilobytes fit; more is refused with 431.
HEAD_BYTES_MAX = 32 * 1024
# Larger bodies are refused with 413. Twice what any page takes (a passkey's answer).
BODY_BYTES_MAX = 64 * 1024

# Only requests for addresses that end so may bring a file.
UPLOADS = b"/attachments"

_REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([\x21-\x7e]+) HTTP/1\.([01])\r\n")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x09\x20-\x7e\x80-\xff]*)")
# Headers that say where a body ends, or that its sender waits for a word before it comes.
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:([^\r\n]*)")
_LENGTH = re.compile(rb"[ \t]*([0-9]{1,18})[ \t]*")
_END = b"\r\n\r\n"


class BadRequest(Exception):
    """These bytes are not a request we pass on; status: what to answer; head: of an upload."""

    def __init__(self, status: int, head: bytes = b"") -> None:
        super().__init__(status)
        self.status = status
        self.head = head


class Upload(NamedTuple):
    """The head of a request for web whose body is a file of ``length`` bytes."""

    head: bytes
    length: int


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

    __slots__ = ("_data", "_is_over", "_needed", "_upload_bytes")

    def __init__(self, upload_bytes: int = 0) -> None:
        """``upload_bytes``: the largest file."""
        self._data = b""
        self._upload_bytes = upload_bytes
        # Bytes from which on it is worth looking again: a body may come byte by byte.
        self._needed = 0
        # What still comes is thrown away.
        self._is_over = False

    def add(self, data: bytes) -> None:
        """More bytes from the client."""
        if not self._is_over:
            self._data = self._data + data if self._data else data

    @property
    def is_held(self) -> bool:
        """Whether bytes wait here for the rest of their request."""
        return bool(self._data)

    def rest(self) -> bytes:
        """What follows the last request taken."""
        return self._cut(len(self._data))

    def take_some(self, most: int) -> bytes:
        """What is there of an upload's body."""
        return self._cut(min(most, len(self._data)))

    def take(self) -> Request | Upload | bytes | None:
        """The next request for /live, or a whole one for web, or None: nothing complete is there.

        Raises BadRequest.
        """
        if not self._data or len(self._data) < self._needed:
            return None
        return self._take_request()

    def end(self) -> None:
        """The connection's last request was taken."""
        self._is_over = True
        self._data = b""

    def _cut(self, length: int) -> bytes:
        data, self._needed = self._data, 0
        self._data = data[length:]
        return data[:length] if self._data else data

    def _take_request(self) -> Request | Upload | bytes | None:
        line = _REQUEST_LINE.match(self._data)
        end = self._data.find(_END, 0, HEAD_BYTES_MAX) + len(_END)
        if end < len(_END):
            self._check_start(line)
            return None
        if line is None:
            raise BadRequest(400)
        length = _get_body_length(self._data[:end])
        is_live = _is_live(line[2])
        if length > BODY_BYTES_MAX and _is_upload(line):
            return self._take_upload(end, length)
        if length > (POLL_BYTES_MAX if is_live else BODY_BYTES_MAX):
            raise BadRequest(413)
        if len(self._data) < end + length:
            self._needed = end + length
            return None
        whole = self._cut(end + length)
        return _request(line, whole, end) if is_live else whole

    def _take_upload(self, end: int, length: int) -> Upload:
        head = self._cut(end)
        if length > self._upload_bytes:
            raise BadRequest(413, head)
        return Upload(head, length)

    def _check_start(self, line: re.Match[bytes] | None) -> None:
        if line is None and (b"\r\n" in self._data or not self._data[:1].isupper()):
            raise BadRequest(400)
        if len(self._data) >= HEAD_BYTES_MAX:
            raise BadRequest(431)


def _request(line: re.Match[bytes], whole: bytes, end: int) -> Request:
    method, target, minor = (part.decode("ascii") for part in line.groups())
    return Request(method, target, f"HTTP/1.{minor}", whole[:end], whole[end:])


def _is_live(target: bytes) -> bool:
    path = target.partition(b"?")[0]
    return path == b"/live" or path.startswith(b"/live/")


def _is_upload(line: re.Match[bytes]) -> bool:
    return line[1] == b"POST" and line[2].partition(b"?")[0].endswith(UPLOADS)


def _get_body_length(head: bytes) -> int:
    """Bytes of the body; raises BadRequest if its end is not told plainly."""
    found = _FRAMING.findall(head.lower())
    if not found:
        return 0
    if any(name == b"expect" for name, _ in found):
        # Nobody waits for our word: a body this small may come at once.
        raise BadRequest(417)
    if len(found) > 1 or found[0][0] != b"content-length":
        raise BadRequest(411)
    length = _LENGTH.fullmatch(found[0][1])
    if length is None:
        raise BadRequest(400)
    return int(length[1])


def _parse_header(line: bytes) -> tuple[str, str]:
    match = _HEADER_LINE.fullmatch(line)
    if match is None:
        raise BadRequest(400)
    return match[1].decode("ascii").lower(), match[2].decode("latin-1").strip(" \t")
