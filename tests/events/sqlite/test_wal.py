"""The write-ahead log does not grow without end."""

from __future__ import annotations

import logging
import time
from pathlib import Path

import pytest

from bitp.events.sqlite.base import OUTSIDER_WAIT_S, DatabaseWrapper
from bitp.events.sqlite.pragmas import WAL_KEPT_BYTES
from bitp.events.sqlite.wal import WAL_LIMIT_BYTES, WAL_RETRY_BYTES
from tests.events.sqlite.conftest import Connect, Outsider, count, execute

pytestmark = pytest.mark.sqlite

MEGABYTE = 1024 * 1024
INSERT = "INSERT INTO item (body) VALUES (zeroblob(%s))"


def wal_bytes(path: Path) -> int:
    return Path(f"{path}-wal").stat().st_size


def write_until(connection: DatabaseWrapper, path: Path, size_bytes: int) -> int:
    """Writes megabytes until the log is so long; returns how many."""
    for written in range(200):
        if wal_bytes(path) >= size_bytes:
            return written
        execute(connection, INSERT, MEGABYTE)
    raise AssertionError("the log never got so long")


def test_commits_empty_the_log_as_they_go(alice: DatabaseWrapper, path: Path) -> None:
    for _ in range(40):
        execute(alice, INSERT, MEGABYTE)
        assert wal_bytes(path) <= WAL_KEPT_BYTES


def test_a_long_log_is_emptied_when_its_reader_is_gone(
    alice: DatabaseWrapper, outsider: Outsider, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    outsider.execute("BEGIN")
    outsider.execute("SELECT * FROM item")
    with caplog.at_level(logging.WARNING):
        written = write_until(alice, path, WAL_LIMIT_BYTES + WAL_RETRY_BYTES // 2)
    assert [record.message[:35] for record in caplog.records] == [
        "a long read keeps the write-ahead l"
    ], "it tries once, then waits for the log to grow further"
    outsider.execute("COMMIT")
    for _ in range(20):
        execute(alice, INSERT, MEGABYTE)
    assert wal_bytes(path) <= WAL_KEPT_BYTES
    assert count(alice) == written + 20


def test_trying_to_empty_the_log_does_not_change_how_long_we_wait_for_outsiders(
    alice: DatabaseWrapper, outsider: Outsider, path: Path
) -> None:
    outsider.execute("BEGIN")
    outsider.execute("SELECT * FROM item")
    write_until(alice, path, WAL_LIMIT_BYTES + MEGABYTE)
    assert execute(alice, "PRAGMA busy_timeout") == [(OUTSIDER_WAIT_S * 1000,)]


def test_the_log_is_emptied_at_once_between_readers(
    alice: DatabaseWrapper, outsider: Outsider, path: Path
) -> None:
    outsider.execute("BEGIN")
    outsider.execute("SELECT * FROM item")
    write_until(alice, path, WAL_LIMIT_BYTES - 2 * MEGABYTE)
    outsider.execute("COMMIT")
    execute(alice, INSERT, 4 * MEGABYTE)
    assert wal_bytes(path) <= WAL_KEPT_BYTES


def test_a_pause_as_on_a_slow_disk_can_be_added_for_benchmarks(
    connect: Connect, alice: DatabaseWrapper
) -> None:
    bob = connect("bob", sync_delay_ms=50)
    bob.ensure_connection()
    started = time.monotonic()
    execute(bob, INSERT, 1)
    assert time.monotonic() - started >= 0.05
