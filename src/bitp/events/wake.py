"""Noticing that the log may have grown, without asking it all the time."""

from __future__ import annotations

import time

from django.db import connection

from bitp.events.log import CHANNEL

# SQLite answers this from shared memory in microseconds; nothing is read from disk.
SQLITE_POLL_S = 0.01


class Wake:
    """Waits for commits by anybody. For one thread: it keeps its own database connection."""

    def __init__(self) -> None:
        self._version = -1
        self._listens = False

    def wait(self, timeout_s: float) -> None:
        """Returns when the log may have grown, at the latest after ``timeout_s``."""
        if connection.vendor == "postgresql":
            self._wait_for_notify(timeout_s)
        else:
            self._wait_for_version(timeout_s)

    def _wait_for_version(self, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        while time.monotonic() < until:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA data_version")
                (version,) = cursor.fetchone()
            if version != self._version:
                self._version = version
                return
            time.sleep(SQLITE_POLL_S)

    def _wait_for_notify(self, timeout_s: float) -> None:
        if not self._listens or connection.connection is None:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._listens = True
            return
        for _ in connection.connection.notifies(timeout=timeout_s, stop_after=1):
            return
