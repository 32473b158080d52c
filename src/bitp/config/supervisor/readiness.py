"""Asks through the port, as a person's browser would, whether the system is ready."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

ASK_AGAIN_AFTER_S = 0.03
# One question may wait this long, for example while live still starts.
QUESTION_S = 5.0
READY_PATH = "/readyz"


class Readiness:
    """A thread that asks until the answer is yes, then calls ``tell`` once."""

    def __init__(self, address: tuple[str, int], host: str, tell: Callable[[], None]) -> None:
        self._address = address
        self._host = host
        self._tell = tell
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins to ask; the thread never keeps the process alive."""
        threading.Thread(target=self._ask_until_ready, name="readiness", daemon=True).start()

    def stop(self) -> None:
        """Ends the asking without a word."""
        self._stopped.set()

    def _ask_until_ready(self) -> None:
        while not self._stopped.is_set():
            if ask_ready(self._address, self._host):
                self._tell()
                return
            self._stopped.wait(ASK_AGAIN_AFTER_S)


def ask_ready(address: tuple[str, int], host: str) -> bool:
    """Whether /readyz answers 200 at ``address`` when asked as ``host``."""
    question = f"GET {READY_PATH} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection(address, timeout=QUESTION_S) as connection:
            connection.sendall(question.encode())
            with connection.makefile("rb") as answer:
                words = answer.readline(200).split()
    except OSError:
        return False
    return len(words) > 1 and words[1] == b"200"
