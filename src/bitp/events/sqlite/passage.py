"""One connection's passage through the turnstile: in before a write, out when it is over."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import dbapi2

from bitp.events.sqlite.wal import Wal
from bitp.lib.turnstile import Turnstile, TurnstileBusy


class Passage:
    """Knows when a transaction of ``connection`` begins and ends, however that comes about.

    ``turnstile`` is none for a database in memory, which no other process sees.
    """

    def __init__(
        self,
        connection: dbapi2.Connection,
        turnstile: Turnstile | None = None,
        wal: Wal | None = None,
        sync_delay_s: float = 0.0,
    ) -> None:
        self._connection = connection
        self._turnstile = turnstile
        self._wal = wal
        self._sync_delay_s = sync_delay_s
        # Statements under way: one may draw its parameters from code that runs another.
        self._depth = 0
        # As we left it; SQLite may have undone the transaction since.
        self._has_begun = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Around each statement that writes; OperationalError when no turn comes up in time."""
        self.check_not_undone()
        self._enter()
        self._depth += 1
        try:
            yield
            self._has_begun = self._connection.in_transaction
        finally:
            self._depth -= 1
            self._leave_if_over()

    @contextmanager
    def end(self) -> Iterator[None]:
        """Around a commit or rollback."""
        try:
            yield
            self._has_begun = False
        finally:
            self._leave_if_over()

    @property
    def is_undone(self) -> bool:
        """Whether SQLite has rolled the transaction back by itself, as it does on a full disk."""
        return self._has_begun and not self._connection.in_transaction

    def check_not_undone(self) -> None:
        """Raises OperationalError if what was written in this transaction is gone.

        Otherwise the rest of the block would be written without its beginning, and its commit
        would look like a success.
        """
        if self.is_undone:
            raise dbapi2.OperationalError("an earlier error undid this transaction")

    def close(self) -> None:
        """After the connection was closed."""
        if self._turnstile:
            self._turnstile.close()

    def _enter(self) -> None:
        if self._turnstile is None or self._turnstile.is_inside:
            return
        try:
            self._turnstile.enter()
        except (TurnstileBusy, OSError) as error:
            raise dbapi2.OperationalError(f"cannot write: {error}") from error

    def _leave_if_over(self) -> None:
        if self._turnstile is None or not self._turnstile.is_inside:
            return
        if self._depth or self._connection.in_transaction:
            return
        try:
            if self._wal:
                self._wal.bound()
            if self._sync_delay_s:
                time.sleep(self._sync_delay_s)
        finally:
            self._turnstile.leave()
