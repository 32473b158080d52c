"""A program that receives webhooks, on loopback: a real HTTP server that answers as it is told."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# How long a slow one takes at most; the test's end wakes it.
SLOW_S = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """One call as it came in."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def data(self) -> Any:
        return json.loads(self.body)["data"]


Answer = Callable[[Heard], int]


def take(_heard: Heard) -> int:
    return 204


@dataclass
class Receiver:
    """heard: every call in order, taken or not; answer: the status for a call."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answer: Answer = take
    location: str = ""
    drips: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    def numbers(self, conversation: str) -> list[int]:
        """Numbers of the messages it was told of in this conversation, in order."""
        told = [json.loads(each.body) for each in self.heard]
        return [
            each["data"]["number"]
            for each in told
            if each["type"] == "message.posted" and each["data"]["conversation"] == conversation
        ]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Runs one until the block ends."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            heard = Heard(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.heard.append(heard)
            if receiver.drips:
                self.drip()
                return
            self.send_response(receiver.answer(heard))
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def drip(self) -> None:
            """One header after the other, for ever."""
            deadline = time.monotonic() + SLOW_S
            with suppress(OSError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while time.monotonic() < deadline and not receiver.over.wait(0.05):
                    self.wfile.write(b"X-More: x\r\n")
                    self.wfile.flush()

        def log_message(self, *_: Any) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/in?from=bitp"
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
