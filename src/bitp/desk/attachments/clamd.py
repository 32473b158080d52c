"""Asking clamd about a file, by its INSTREAM command (clamd's manual, section COMMANDS)."""

from __future__ import annotations

import socket
from collections.abc import Iterable

# A check of the largest file takes a second or two; a clamd that hangs must not hold a thread.
TIMEOUT_S = 15.0
ANSWER_BYTES_MAX = 4_096
_LENGTH_BYTES = 4


class Unavailable(Exception):
    """No answer about this file now: it stays held, and is asked about again."""


def find_harm(address: str, parts: Iterable[bytes]) -> str:
    """The name of what clamd found, or empty; raises Unavailable.

    address: unix:/path or host:port.
    """
    try:
        with _connect(address) as line:
            line.sendall(b"zINSTREAM\0")
            for part in parts:
                line.sendall(len(part).to_bytes(_LENGTH_BYTES, "big") + part)
            line.sendall(bytes(_LENGTH_BYTES))
            answer = _read(line)
    except (OSError, ValueError) as error:
        raise Unavailable(type(error).__name__) from error
    return _judge(answer)


def _connect(address: str) -> socket.socket:
    if address.startswith("unix:"):
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(TIMEOUT_S)
        try:
            line.connect(address.removeprefix("unix:"))
        except OSError:
            line.close()
            raise
        return line
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), TIMEOUT_S)


def _read(line: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < ANSWER_BYTES_MAX:
        piece = line.recv(ANSWER_BYTES_MAX)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").decode(errors="replace").strip()


def _judge(answer: str) -> str:
    said = answer.removeprefix("stream: ")
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")
    # Its own limits, a broken database: not a word about the file.
    raise Unavailable(said[:200])
