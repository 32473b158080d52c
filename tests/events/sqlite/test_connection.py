from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from bitp.events.sqlite.base import OUTSIDER_WAIT_S, DatabaseWrapper
from bitp.events.sqlite.pragmas import CHECKPOINT_PAGES, WAL_KEPT_BYTES
from bitp.lib.safe_sqlite import is_safe
from tests.events.sqlite.conftest import Connect, execute

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("mmap_size", 0),
        ("busy_timeout", OUTSIDER_WAIT_S * 1000),
        ("wal_autocheckpoint", CHECKPOINT_PAGES),
        ("journal_size_limit", WAL_KEPT_BYTES),
    ],
)
def test_each_connection_is_set_up_to_survive_a_power_cut(
    alice: DatabaseWrapper, connect: Connect, pragma: str, value: object
) -> None:
    for connection in (alice, connect("bob")):
        assert execute(connection, f"PRAGMA {pragma}") == [(value,)]


def test_the_sqlite_behind_it_is_safe(alice: DatabaseWrapper) -> None:
    version: str = execute(alice, "SELECT sqlite_version()")[0][0]
    assert is_safe(tuple(map(int, version.split("."))))


def test_a_less_durable_setting_must_be_asked_for_by_name(connect: Connect) -> None:
    assert execute(connect("alice", synchronous="OFF"), "PRAGMA synchronous") == [(0,)]
    with pytest.raises(ImproperlyConfigured, match="synchronous must be one of"):
        connect("bob", synchronous="0; DROP TABLE item").ensure_connection()


def test_a_deferred_transaction_cannot_be_configured(connect: Connect) -> None:
    with pytest.raises(ImproperlyConfigured, match="Every transaction is IMMEDIATE"):
        connect("alice", transaction_mode="DEFERRED").ensure_connection()
    connect("bob", transaction_mode="immediate").ensure_connection()


def test_a_database_in_memory_needs_no_files(connect: Connect, tmp_path: Path) -> None:
    connection = connect("alice", ":memory:")
    execute(connection, "CREATE TABLE item (id)")
    execute(connection, "INSERT INTO item VALUES (%s)", 1)
    connection.close()
    assert execute(connection, "SELECT id FROM item") == [(1,)]
    assert list(tmp_path.iterdir()) == []


def test_an_address_of_a_file_has_its_turnstile_beside_the_file(
    connect: Connect, tmp_path: Path
) -> None:
    connection = connect("alice", f"file:{tmp_path}/with%20space.sqlite3?mode=rwc")
    execute(connection, "CREATE TABLE item (id)")
    assert (tmp_path / "with space.sqlite3").exists()
    assert (tmp_path / "with space.sqlite3.turn0").exists()


def test_a_database_opened_for_reading_only_can_be_read(
    connect: Connect, alice: DatabaseWrapper, path: Path
) -> None:
    assert execute(connect("bob", f"file:{path}?mode=ro"), "SELECT * FROM item") == []


def test_a_file_that_is_no_database_is_refused(connect: Connect, path: Path) -> None:
    path.write_bytes(b"this is no database, however long it may be" * 100)
    connection = connect("alice")
    with pytest.raises(DatabaseError, match="file is not a database"):
        connection.ensure_connection()
    assert connection.connection is None


def test_many_processes_may_be_first(path: Path) -> None:
    lines = (
        "import sys; from bitp.lib.safe_sqlite import use_safe_sqlite; use_safe_sqlite()",
        "from django.conf import settings",
        "database = {'ENGINE': 'bitp.events.sqlite', 'NAME': sys.argv[1]}",
        "settings.configure(DATABASES={'default': database})",
        "from django.db import connection",
        "connection.cursor().execute('CREATE TABLE IF NOT EXISTS item (id)')",
        "connection.cursor().execute('INSERT INTO item VALUES (1) RETURNING id')",
        "connection.close()",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(path)]
    processes = [subprocess.Popen(command) for _ in range(5)]
    assert [process.wait(60) for process in processes] == [0] * 5
