"""Programs that are none of ours: they know no turnstile and may hold SQLite's own lock."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from django.db import OperationalError, transaction

from bitp.events.sqlite.base import DatabaseWrapper
from tests.events.sqlite.conftest import Connect, Outsider, count, execute
from tests.events.sqlite.test_turns import is_taken

pytestmark = pytest.mark.sqlite

WAIT_S = 0.2
LATE_S = 5.0
INSERT = "INSERT INTO item (body) VALUES ('ours')"


@pytest.fixture
def bob(connect: Connect, alice: DatabaseWrapper) -> DatabaseWrapper:
    """A connection with little patience for outsiders."""
    return connect("bob", timeout=WAIT_S)


@pytest.mark.parametrize("mode", ["IMMEDIATE", "EXCLUSIVE"])
def test_an_outsiders_lock_is_an_error_in_bounded_time_and_then_all_is_well(
    bob: DatabaseWrapper, outsider: Outsider, path: Path, mode: str
) -> None:
    outsider.execute(f"BEGIN {mode}")
    for write in (insert, insert_in_a_transaction):
        started = time.monotonic()
        with pytest.raises(OperationalError, match="database is locked"):
            write(bob)
        assert time.monotonic() - started < WAIT_S + LATE_S
        assert not is_taken(path)
    assert count(bob) == 0
    outsider.execute("COMMIT")
    insert(bob)
    insert_in_a_transaction(bob)
    assert count(bob) == 2


def insert(connection: DatabaseWrapper) -> None:
    execute(connection, INSERT)


def insert_in_a_transaction(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias):
        execute(connection, INSERT)


def test_an_outsiders_writes_are_seen_and_ours_by_it(
    bob: DatabaseWrapper, outsider: Outsider
) -> None:
    outsider.execute("INSERT INTO item (body) VALUES ('theirs')")
    insert(bob)
    outsider.execute("DELETE FROM item WHERE body = 'ours'")
    assert execute(bob, "SELECT body FROM item") == [("theirs",)]


def test_an_outsider_cannot_write_between_what_we_read_and_what_we_write(
    bob: DatabaseWrapper, path: Path
) -> None:
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as stranger:
        with transaction.atomic(using="bob"):
            assert count(bob) == 0
            with pytest.raises(sqlite3.OperationalError, match="database is locked"):
                stranger.execute("INSERT INTO item (body) VALUES ('theirs')")
            insert(bob)
        stranger.execute("INSERT INTO item (body) VALUES ('theirs')")
    assert count(bob) == 2


def test_an_outsider_that_reads_for_long_stops_no_writer(
    bob: DatabaseWrapper, outsider: Outsider
) -> None:
    outsider.execute("BEGIN")
    outsider.execute("SELECT * FROM item")
    insert(bob)
    insert_in_a_transaction(bob)
    assert count(bob) == 2


def test_a_killed_outsider_leaves_nothing_behind(bob: DatabaseWrapper, outsider: Outsider) -> None:
    outsider.execute("BEGIN EXCLUSIVE")
    outsider.execute("INSERT INTO item (body) VALUES ('theirs')")
    outsider.end()
    insert(bob)
    assert execute(bob, "SELECT body FROM item") == [("ours",)]


def test_a_database_locked_at_the_very_first_start_is_an_error_and_then_all_is_well(
    connect: Connect, path: Path
) -> None:
    carol = connect("carol", timeout=WAIT_S)
    first = Outsider(path)
    first.execute("CREATE TABLE item (body)")
    first.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="database is locked") as caught:
        carol.ensure_connection()
    assert carol.connection is None
    if sys.platform == "linux":
        opened = [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()]
        assert str(path) not in opened, caught
    first.execute("COMMIT")
    insert(carol)
    assert execute(carol, "PRAGMA journal_mode") == [("wal",)]
    first.end()
