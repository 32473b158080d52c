"""Django's connection to SQLite, with every write behind the turnstile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from sqlite3 import dbapi2
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base as sqlite3

from bitp.events.sqlite.creation import DatabaseCreation
from bitp.events.sqlite.cursor import TurnstileCursor
from bitp.events.sqlite.features import DatabaseFeatures
from bitp.events.sqlite.passage import Passage
from bitp.events.sqlite.pragmas import is_wal, prepare, set_wal
from bitp.events.sqlite.wal import Wal
from bitp.lib.turnstile import WAIT_LIMIT_S, Turnstile

# Our own writers wait in the turnstile; this is for others, such as somebody's database browser.
OUTSIDER_WAIT_S = 5.0
SYNCHRONOUS = ("FULL", "NORMAL", "OFF")


@dataclass(frozen=True, slots=True)
class Options:
    """Our part of OPTIONS; see the package's docstring."""

    turn_wait_s: float = WAIT_LIMIT_S
    sync_delay_ms: float = 0.0
    synchronous: str = "FULL"

    def __post_init__(self) -> None:
        if self.synchronous not in SYNCHRONOUS:
            raise ImproperlyConfigured(f"synchronous must be one of {', '.join(SYNCHRONOUS)}.")


class DatabaseWrapper(sqlite3.DatabaseWrapper):
    """A transaction begins IMMEDIATE inside the turnstile, and its end lets the next writer in.

    A write outside a transaction passes it too; a read outside a transaction waits for nobody.
    """

    creation_class = DatabaseCreation
    features_class = DatabaseFeatures
    transaction_mode: str | None
    passage: Passage
    _options: Options

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        if self.transaction_mode not in {None, "IMMEDIATE"}:
            raise ImproperlyConfigured("Every transaction is IMMEDIATE: omit transaction_mode.")
        self.transaction_mode = "IMMEDIATE"
        ours = Options.__dataclass_fields__.keys() & params.keys()
        self._options = Options(**{name: params.pop(name) for name in ours})
        return {"timeout": OUTSIDER_WAIT_S, **params}

    def get_new_connection(self, conn_params: dict[str, Any]) -> dbapi2.Connection:
        connection: dbapi2.Connection = super().get_new_connection(conn_params)
        self.passage = self._make_passage(connection, conn_params)
        try:
            prepare(connection, self._options.synchronous)
            self._ensure_wal(connection)
        except BaseException:
            connection.close()
            self.passage.close()
            raise
        return connection

    def create_cursor(self, *_name: str | None) -> TurnstileCursor:
        make = partial(TurnstileCursor, passage=self.passage)
        cursor: TurnstileCursor = self.connection.cursor(factory=make)
        return cursor

    def _make_passage(self, connection: dbapi2.Connection, params: dict[str, Any]) -> Passage:
        if self.is_in_memory_db():
            return Passage(connection)
        path = _path_of(str(params["database"]))
        return Passage(
            connection,
            Turnstile(path, self._options.turn_wait_s),
            Wal(connection, path, params["timeout"]),
            self._options.sync_delay_ms / 1000,
        )

    def _ensure_wal(self, connection: dbapi2.Connection) -> None:
        if self.is_in_memory_db() or is_wal(connection):
            return
        with self.passage.turn():
            if not set_wal(connection):
                raise dbapi2.NotSupportedError("this file system cannot hold SQLite's log")

    def _set_autocommit(self, autocommit: bool) -> None:
        # Turning it on commits what is open.
        with self.passage.end():
            super()._set_autocommit(autocommit)  # type: ignore[misc]

    def _commit(self) -> None:
        if self.connection is None:
            return
        with self.wrap_database_errors:
            self.passage.check_not_undone()
        with self.passage.end():
            super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        if self.connection is None:
            return
        with self.passage.end():
            super()._rollback()  # type: ignore[misc]

    # When SQLite has undone the whole transaction its savepoints are gone as well. Were that an
    # error here, Django would roll the block back without a word; so the commit reports it.
    def _savepoint_rollback(self, sid: str) -> None:
        if not self.passage.is_undone:
            super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _savepoint_commit(self, sid: str) -> None:
        if not self.passage.is_undone:
            super()._savepoint_commit(sid)  # type: ignore[misc]

    def _close(self) -> None:
        if self.connection is None:
            return
        # No turn is needed: only the last connection to close empties the log, so nobody waits.
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self.passage.close()


def _path_of(name: str) -> Path:
    """The file that a path or a file: address means."""
    return Path(unquote(urlsplit(name).path)) if name.startswith("file:") else Path(name)
