"""Test databases: what stands beside a database file comes and goes with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import creation

from bitp.lib.turnstile import PLACES

# A log left by a killed run would be replayed into the new database of the same name.
_COMPANIONS = ("-wal", "-shm", "-journal", *(f".turn{place}" for place in range(PLACES)))


class DatabaseCreation(creation.DatabaseCreation):
    def _create_test_db(self, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name: str = super()._create_test_db(verbosity, autoclobber, keepdb)  # type: ignore[misc]
        if not keepdb:
            self._remove_companions(name)
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
        self._remove_companions(test_database_name)

    def _clone_test_db(self, suffix: str, verbosity: int, keepdb: bool = False) -> None:
        # Django copies the database file only: nothing may be left in the log.
        with self.connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        super()._clone_test_db(suffix, verbosity, keepdb)  # type: ignore[misc]

    def _remove_companions(self, name: Any) -> None:
        if not self.is_in_memory_db(name):
            for suffix in _COMPANIONS:
                Path(f"{name}{suffix}").unlink(missing_ok=True)
