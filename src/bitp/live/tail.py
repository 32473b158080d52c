"""Reading the log's tail: the only source of what is delivered."""

from __future__ import annotations

import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import suppress

from bitp.live.faults import report
from bitp.live.inbound import Inbound, Tailed

# Entries read at once; more come in the next reading.
READ_MAX = 500
# A lost wake-up is covered by a look each second.
LOOK_S = 1.0
# Pause after the log could not be read.
TROUBLE_S = 0.2

Deliver = Callable[[Tailed], None]


class Tail:
    """Follows the log from its end at start. ``deliver`` is called in the loop, in log order.

    Two threads read it: the writer right after its commit, and the watcher for everybody
    else's commits; one lock keeps the order.
    """

    def __init__(self, loop: AbstractEventLoop, inbound: Inbound, deliver: Deliver) -> None:
        self._loop = loop
        self._inbound = inbound
        self._deliver = deliver
        self._lock = threading.Lock()
        self._position = (0, 0)
        self._stopped = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="live-tail", daemon=True)
        self.failures = 0

    def find_start(self) -> None:
        """Take the log's end as the start; waits until the log can be read or ``stop``."""
        while not self._stopped.is_set():
            try:
                self._position = self._inbound.start_position()
            except Exception as error:  # noqa: BLE001 - the database may come up after us
                self._trouble(error)
            else:
                return

    def start(self) -> None:
        """Start the watcher."""
        self._watcher.start()

    def stop(self) -> None:
        """Let the watcher end at its next look."""
        self._stopped.set()

    def advance(self, before: Callable[[], None] | None = None) -> None:
        """Read what the log gained and hand it to the loop, right after calling ``before``.

        Called from any thread but the loop's. ``before`` is called in the loop even if the log
        cannot be read; then the error is raised, and the watcher will read it again.
        """
        with self._lock:
            try:
                tailed = self._read()
            except Exception:
                self._hand_over(before, None)
                raise
            self._hand_over(before, tailed)
            while tailed.more:
                tailed = self._read()
                self._hand_over(None, tailed)

    def _read(self) -> Tailed:
        tailed = self._inbound.tail(self._position, READ_MAX)
        self._position = tailed.position
        return tailed

    def _hand_over(self, before: Callable[[], None] | None, tailed: Tailed | None) -> None:
        if before is None and not (tailed and (tailed.entries or tailed.revocations)):
            return
        with suppress(RuntimeError):  # the loop has ended, and with it everybody to tell
            self._loop.call_soon_threadsafe(self._tell, before, tailed)

    def _tell(self, before: Callable[[], None] | None, tailed: Tailed | None) -> None:
        if before is not None:
            before()
        if tailed is not None:
            self._deliver(tailed)

    def _watch(self) -> None:
        while not self._stopped.is_set():
            try:
                self._inbound.wait_for_change(LOOK_S)
                self.advance()
            except Exception as error:  # noqa: BLE001 - the log comes back, and so do we
                self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        self.failures += 1
        report("reading the log", error)
        self._stopped.wait(TROUBLE_S)
