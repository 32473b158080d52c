"""How each connection is set up, so that a commit survives a power cut."""

from __future__ import annotations

from sqlite3 import dbapi2

# SQLite's page count after which a commit also copies the log into the database (4 MB).
CHECKPOINT_PAGES = 1000
# What a restarted log may keep of its size on the disk: twice the usual, so that it is reused.
WAL_KEPT_BYTES = 8 * 1024 * 1024


def prepare(connection: dbapi2.Connection, synchronous: str = "FULL") -> None:
    """Sets what holds for one connection. ``synchronous`` below FULL loses acknowledged data."""
    connection.execute("PRAGMA mmap_size = 0").fetchone()
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}").fetchone()
    connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}").fetchone()


def is_wal(connection: dbapi2.Connection) -> bool:
    """Whether the database keeps a write-ahead log, which lets readers read while one writes."""
    return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def set_wal(connection: dbapi2.Connection) -> bool:
    """Switches the database, once for all; False where the file system cannot do it."""
    return bool(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal")
