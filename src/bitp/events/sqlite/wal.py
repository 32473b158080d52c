"""Keeping the write-ahead log bounded while readers never all pause."""

from __future__ import annotations

import logging
from pathlib import Path
from sqlite3 import dbapi2

# Commits copy the log into the database every 4 MB, but a log in use by a reader only grows.
WAL_LIMIT_BYTES = 32 * 1024 * 1024
# After a try in vain: how much the log grows before the next one.
WAL_RETRY_BYTES = 16 * 1024 * 1024
# How long the writer, whom others wait for, waits for readers to finish.
READERS_WAIT_MS = 50

logger = logging.getLogger(__name__)


class Wal:
    """The log of one database, seen by one connection; only used inside the turnstile."""

    def __init__(self, connection: dbapi2.Connection, database: Path, timeout_s: float) -> None:
        self._connection = connection
        self._path = Path(f"{database}-wal")
        self._timeout_ms = int(timeout_s * 1000)
        self._next_try_bytes = WAL_LIMIT_BYTES

    def bound(self) -> None:
        """Empties the log when it has grown too long; never raises: the commit is done."""
        size_bytes = self._size_bytes()
        if size_bytes < self._next_try_bytes:
            return
        if self._truncate():
            self._next_try_bytes = WAL_LIMIT_BYTES
        else:
            self._next_try_bytes = size_bytes + WAL_RETRY_BYTES
            logger.warning("a long read keeps the write-ahead log at %d bytes", size_bytes)

    def _size_bytes(self) -> int:
        try:
            return self._path.stat().st_size
        except OSError:
            return 0

    def _truncate(self) -> bool:
        execute = self._connection.execute
        try:
            execute(f"PRAGMA busy_timeout = {READERS_WAIT_MS}").fetchone()
            is_busy = execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except dbapi2.Error:
            is_busy = 1
        finally:
            execute(f"PRAGMA busy_timeout = {self._timeout_ms}").fetchone()
        return not is_busy
