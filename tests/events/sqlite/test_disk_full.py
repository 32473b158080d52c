"""A database that may not grow: SQLite then undoes the whole transaction by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import OperationalError, transaction

from bitp.events.sqlite.base import DatabaseWrapper
from tests.events.sqlite.conftest import count, execute

pytestmark = pytest.mark.sqlite

BIG = "x" * 50_000
INSERT = "INSERT INTO item (body) VALUES (%s)"


@contextmanager
def full_disk(connection: DatabaseWrapper) -> Iterator[None]:
    """SQLite gives the error of a full disk (SQLITE_FULL) for each page that would be new."""
    pages = execute(connection, "PRAGMA page_count")[0][0]
    execute(connection, f"PRAGMA max_page_count = {pages}")
    yield
    execute(connection, "PRAGMA max_page_count = 1000000")


def test_a_write_fails_and_works_again_when_there_is_room(alice: DatabaseWrapper) -> None:
    with full_disk(alice):
        with pytest.raises(OperationalError, match="disk is full"):
            execute(alice, INSERT, BIG)
        assert count(alice) == 0
    execute(alice, INSERT, BIG)
    assert count(alice) == 1


def test_a_transaction_fails_as_a_whole_and_works_again_when_there_is_room(
    alice: DatabaseWrapper,
) -> None:
    with full_disk(alice):
        with pytest.raises(OperationalError, match="disk is full"):
            write_small_and_big(alice)
        assert count(alice) == 0
    write_small_and_big(alice)
    assert count(alice) == 2


def write_small_and_big(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using="alice"):
        execute(connection, INSERT, "small")
        execute(connection, INSERT, BIG)


def test_who_ignores_the_error_learns_of_it_at_the_next_statement(alice: DatabaseWrapper) -> None:
    with full_disk(alice):
        with pytest.raises(OperationalError, match="an earlier error undid this transaction"):
            write_on(alice)
        assert count(alice) == 0


def write_on(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using="alice"):
        execute(connection, INSERT, "small")
        with suppress(OperationalError):
            execute(connection, INSERT, BIG)
        execute(connection, INSERT, "small")


def test_who_ignores_the_error_learns_of_it_at_the_commit(alice: DatabaseWrapper) -> None:
    with full_disk(alice):
        with pytest.raises(OperationalError, match="an earlier error undid this transaction"):
            commit_after_an_error(alice)
        assert count(alice) == 0


def commit_after_an_error(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using="alice"):
        execute(connection, INSERT, "small")
        with suppress(OperationalError):
            execute(connection, INSERT, BIG)


def test_a_savepoint_around_the_error_does_not_hide_it(alice: DatabaseWrapper) -> None:
    with full_disk(alice):
        with pytest.raises(OperationalError, match="an earlier error undid this transaction"):
            commit_after_an_error_in_a_savepoint(alice)
        assert count(alice) == 0
    execute(alice, INSERT, "the connection still works")
    assert count(alice) == 1


def commit_after_an_error_in_a_savepoint(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using="alice"):
        execute(connection, INSERT, "small")
        with suppress(OperationalError), transaction.atomic(using="alice"):
            execute(connection, INSERT, BIG)


def test_without_autocommit_the_error_is_told_once_and_a_rollback_repairs(
    alice: DatabaseWrapper,
) -> None:
    alice.set_autocommit(False)
    execute(alice, INSERT, "small")
    with full_disk_inside(alice), pytest.raises(OperationalError, match="disk is full"):
        execute(alice, INSERT, BIG)
    with pytest.raises(OperationalError, match="an earlier error undid"):
        alice.commit()
    alice.rollback()
    execute(alice, "PRAGMA max_page_count = 1000000")
    execute(alice, INSERT, BIG)
    alice.commit()
    alice.set_autocommit(True)
    assert execute(alice, "SELECT body FROM item") == [(BIG,)]


@contextmanager
def full_disk_inside(connection: DatabaseWrapper) -> Iterator[None]:
    """As full_disk, but whoever comes out finds the disk still full."""
    pages = execute(connection, "PRAGMA page_count")[0][0]
    execute(connection, f"PRAGMA max_page_count = {pages}")
    yield
