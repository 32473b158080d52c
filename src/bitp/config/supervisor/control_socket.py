"""The supervisor's end of the control socket: one JSON line in, one JSON line out."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bitp.config.supervisor.ports import listen_locally

LONGEST_LINE_BYTES = 4096
# Only our own user can connect; one that stays silent must not hold the supervisor up.
SILENCE_S = 0.5
BACKLOG = 16

Answer = Callable[[dict[str, Any]], dict[str, Any]]


class ControlSocket:
    """Listens at ``path`` (rights 0600)."""

    def __init__(self, path: Path) -> None:
        self._listening = listen_locally(path, BACKLOG)

    def fileno(self) -> int:
        """What to wait on."""
        return self._listening.fileno()

    def serve_one(self, answer: Answer) -> None:
        """Answers one waiting client."""
        connection, _ = self._listening.accept()
        with connection:
            connection.settimeout(SILENCE_S)
            try:
                reply = _reply(_read_line(connection), answer)
                connection.sendall(json.dumps(reply).encode() + b"\n")
            except OSError:
                return

    def close(self) -> None:
        """Refuses further clients."""
        self._listening.close()


def _read_line(connection: socket.socket) -> bytes:
    with connection.makefile("rb") as lines:
        return lines.readline(LONGEST_LINE_BYTES)


def _reply(line: bytes, answer: Answer) -> dict[str, Any]:
    try:
        request = json.loads(line)
    except ValueError:
        return {"error": "not one line of JSON"}
    return answer(request) if isinstance(request, dict) else {"error": "not a JSON object"}
