"""The cursor that sends every writing statement through the turnstile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from sqlite3 import dbapi2
from typing import Any, Self

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

from bitp.events.sqlite.passage import Passage
from bitp.events.sqlite.statements import only_reads


class TurnstileCursor(SQLiteCursorWrapper):
    """Rows of a writing statement (RETURNING) are fetched at once.

    SQLite commits such a statement with its last row, and the turn ends with it: neither may
    depend on how far the caller reads.
    """

    def __init__(self, connection: dbapi2.Connection, passage: Passage) -> None:
        super().__init__(connection)
        self._passage = passage
        self._rows: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Self:
        self._rows = None
        if only_reads(query):
            self._passage.check_not_undone()
            super().execute(query, params)
            return self
        with self._passage.turn():
            super().execute(query, params)
            if self.description is not None:
                self._rows = iter(super().fetchall())
        return self

    def executemany(self, query: str, param_list: Iterable[Any]) -> Self:
        self._rows = None
        with self._passage.turn():
            super().executemany(query, param_list)
        return self

    def executescript(self, sql_script: str) -> Self:
        self._rows = None
        with self._passage.turn():
            super().executescript(sql_script)
        return self

    def fetchone(self) -> Any:
        return super().fetchone() if self._rows is None else next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        size = self.arraysize if size is None else size
        return super().fetchmany(size) if self._rows is None else list(islice(self._rows, size))

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self._rows is None else list(self._rows)

    def __next__(self) -> Any:
        return super().__next__() if self._rows is None else next(self._rows)

    def close(self) -> None:
        self._rows = None
        super().close()
