"""Asking the supervisor something over its control socket."""

from __future__ import annotations

import json
import socket
from typing import Any

# The supervisor answers from memory.
ANSWER_S = 2.0
ANSWER_BYTES_MAX = 65_536


class NoSupervisor(Exception):
    """Nobody supervises this process, or the supervisor does not answer."""


def ask_supervisor(path: str, request: dict[str, Any]) -> dict[str, Any]:
    """One request and its answer, both JSON objects; raises NoSupervisor."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(ANSWER_S)
            line.connect(path)
            line.sendall(json.dumps(request).encode() + b"\n")
            with line.makefile("rb") as lines:
                answer: dict[str, Any] = json.loads(lines.readline(ANSWER_BYTES_MAX))
    except (OSError, ValueError) as error:
        raise NoSupervisor from error
    return answer
