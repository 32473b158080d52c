"""One call to a receiver: never redirected, never longer than its time, to a checked address.

http.client and not a richer library: here each step has to be ours, from the lookup of the name
to the end of the time, and nothing of the answer is needed but its status.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

from bitp.desk.webhooks.addresses import Target, read_url, resolve
from bitp.desk.webhooks.errors import BadAddress

CONNECT_S = 5.0
# For all of it: a receiver that answers one byte at a time holds nobody.
WHOLE_S = 15.0

TIMEOUT, REFUSED, TLS, NO_ANSWER, REDIRECT, STATUS = (
    "timeout",
    "refused",
    "tls",
    "no_answer",
    "redirect",
    "status",
)
# The receiver says that it will never want this again (RFC 9110, 410).
GONE = 410


class Answer(NamedTuple):
    """What came of a call. status: HTTP, 0 without an answer; error: "" when taken."""

    status: int
    error: str
    milliseconds: int

    @property
    def is_taken(self) -> bool:
        """Only 2xx counts."""
        return not self.error


def call(url: str, headers: Mapping[str, str], body: str) -> Answer:
    """Posts ``body`` (JSON) once."""
    began = time.monotonic()
    try:
        status, error = _post(read_url(url), headers, body)
    except BadAddress as bad:
        status, error = 0, bad.code
    except TimeoutError:
        status, error = 0, TIMEOUT
    except ssl.SSLError:
        status, error = 0, TLS
    except ConnectionRefusedError:
        status, error = 0, REFUSED
    except (OSError, http.client.HTTPException, ValueError):
        late = time.monotonic() - began >= WHOLE_S
        status, error = 0, TIMEOUT if late else NO_ANSWER
    return Answer(status, error, round(1000 * (time.monotonic() - began)))


def _post(target: Target, headers: Mapping[str, str], body: str) -> tuple[int, str]:
    lines = [socket.create_connection((resolve(target), target.port), timeout=CONNECT_S)]
    deadline = time.monotonic() + WHOLE_S
    ended = threading.Timer(WHOLE_S, _cut, [lines])
    ended.daemon = True
    ended.start()
    try:
        lines[0].settimeout(WHOLE_S)
        if target.is_https:
            lines.append(_protect(lines[0], target))
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = lines[-1]
        connection.request("POST", target.path, body.encode(), _all(headers))
        status = connection.getresponse().status
        if time.monotonic() >= deadline:  # what was cut off looks like a short answer
            raise TimeoutError
    finally:
        ended.cancel()
        for line in lines:
            line.close()
    if 200 <= status < 300:
        return status, ""
    return status, REDIRECT if 300 <= status < 400 else STATUS


def _protect(plain: socket.socket, target: Target) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


def _all(headers: Mapping[str, str]) -> dict[str, str]:
    own = {
        "Content-Type": "application/json",
        "User-Agent": "BitP-Webhooks/1",
        "Connection": "close",
    }
    return {**own, **headers}


def _cut(lines: list[socket.socket]) -> None:
    """Ends what waits on them in another thread; plainly, whatever runs over them."""
    for line in lines:
        with suppress(OSError):
            socket.socket.shutdown(line, socket.SHUT_RDWR)
