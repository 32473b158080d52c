"""When a connection is inside the turnstile, and when it has left it."""

from __future__ import annotations

import fcntl
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connections, transaction

from bitp.events.sqlite.base import DatabaseWrapper
from bitp.lib.turnstile import Turnstile, TurnstileReentered
from tests.events.sqlite.conftest import Connect, count, execute
from tests.waiting import wait_for

pytestmark = pytest.mark.sqlite

INSERT = "INSERT INTO item (body) VALUES (%s)"


def is_taken(path: Path, place: int = 0) -> bool:
    """Whether anybody is inside; or, with place 1, stands before who is."""
    descriptor = os.open(f"{path}.turn{place}", os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def leave_and_let_place_go(turnstile: Turnstile) -> None:
    """Leaves, and waits until who gave up before has no place there any more."""
    turnstile.leave()
    wait_for(lambda: "turnstile" not in [thread.name for thread in threading.enumerate()])


class Interrupted(Exception):
    """What went wrong has nothing to do with the database."""


def insert_and_fail(connection: DatabaseWrapper) -> None:
    with transaction.atomic(using=connection.alias):
        execute(connection, INSERT, "undone")
        raise Interrupted


@pytest.fixture
def taken(path: Path, alice: DatabaseWrapper) -> Iterator[Turnstile]:
    """Somebody else is inside: another thread, which ends at once but keeps its turn."""
    turnstile = Turnstile(path)
    thread = threading.Thread(target=turnstile.enter)
    thread.start()
    thread.join()
    yield turnstile
    turnstile.close()


def test_a_transaction_is_inside_from_its_beginning_to_its_commit(
    alice: DatabaseWrapper, path: Path
) -> None:
    with transaction.atomic(using="alice"):
        assert is_taken(path)
        execute(alice, INSERT, "hello")
        assert is_taken(path)
    assert not is_taken(path)
    assert count(alice) == 1


def test_a_transaction_that_fails_is_undone_and_leaves(alice: DatabaseWrapper, path: Path) -> None:
    with pytest.raises(Interrupted):
        insert_and_fail(alice)
    assert not is_taken(path)
    assert count(alice) == 0


def test_a_statement_that_fails_leaves(alice: DatabaseWrapper, path: Path) -> None:
    execute(alice, "INSERT INTO item VALUES (1, '')")
    for sql in ("INSERT INTO item VALUES (1, '')", "INSERT INTO nothing VALUES (1)", "NONSENSE"):
        with pytest.raises(DatabaseError):
            execute(alice, sql)
        assert not is_taken(path)


def test_a_commit_that_fails_is_undone_and_leaves(alice: DatabaseWrapper, path: Path) -> None:
    execute(
        alice,
        "CREATE TABLE child (item INTEGER REFERENCES item DEFERRABLE INITIALLY DEFERRED)",
    )
    with pytest.raises(IntegrityError), transaction.atomic(using="alice"):
        execute(alice, "INSERT INTO child VALUES (99)")
    assert not is_taken(path)
    assert execute(alice, "SELECT * FROM child") == []
    execute(alice, INSERT, "the connection still works")
    assert count(alice) == 1


def test_closing_the_connection_in_a_transaction_undoes_it_and_leaves(
    alice: DatabaseWrapper, path: Path
) -> None:
    with transaction.atomic(using="alice"):
        execute(alice, INSERT, "hello")
        alice.close()
        assert not is_taken(path)
    assert count(alice) == 0


def test_a_savepoint_neither_enters_again_nor_leaves(alice: DatabaseWrapper, path: Path) -> None:
    with transaction.atomic(using="alice"):
        execute(alice, INSERT, "kept")
        with pytest.raises(Interrupted):
            insert_and_fail(alice)
        assert is_taken(path)
        with transaction.atomic(using="alice"):
            execute(alice, INSERT, "kept as well")
        assert is_taken(path)
    assert not is_taken(path)
    assert execute(alice, "SELECT body FROM item") == [("kept",), ("kept as well",)]


def test_what_runs_after_the_commit_runs_outside(alice: DatabaseWrapper, path: Path) -> None:
    seen: list[bool] = []
    with transaction.atomic(using="alice"):
        transaction.on_commit(lambda: seen.append(is_taken(path)), using="alice")
        execute(alice, INSERT, "hello")
    assert seen == [False]


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO item (body) VALUES ('hello')",
        "WITH a AS (SELECT 'hello') INSERT INTO item (body) SELECT * FROM a",
        "UPDATE item SET body = ''",
        "CREATE TABLE other (id)",
        "PRAGMA user_version = 3",
        "PRAGMA wal_checkpoint(PASSIVE)",
        "VACUUM",
    ],
)
def test_a_single_write_waits_for_its_turn(
    connect: Connect, taken: Turnstile, path: Path, sql: str
) -> None:
    bob = connect("bob", turn_wait_s=0.05)
    with pytest.raises(OperationalError, match=r"cannot write: no turn at bitp\.sqlite3 within"):
        execute(bob, sql)
    leave_and_let_place_go(taken)
    execute(bob, sql)
    assert not is_taken(path)


def test_a_single_write_goes_on_as_soon_as_it_is_its_turn(
    alice: DatabaseWrapper, taken: Turnstile, path: Path
) -> None:
    def leave_once_somebody_waits() -> None:
        wait_for(lambda: is_taken(path, 1))
        taken.leave()

    other = threading.Thread(target=leave_once_somebody_waits)
    other.start()
    execute(alice, INSERT, "hello")
    other.join()
    assert count(alice) == 1


def test_reading_waits_for_nobody(connect: Connect, taken: Turnstile) -> None:
    bob = connect("bob", turn_wait_s=0)
    assert count(bob) == 0
    assert execute(bob, "WITH a AS (SELECT 1) SELECT * FROM a") == [(1,)]
    assert execute(bob, "PRAGMA data_version")
    assert taken.is_inside


def test_reading_takes_no_turn(alice: DatabaseWrapper, path: Path) -> None:
    execute(alice, "INSERT INTO item (body) VALUES ('a'), ('b')")
    with alice.cursor() as cursor:
        cursor.execute("SELECT body FROM item")
        assert cursor.fetchone() == ("a",)
        assert not is_taken(path)


def test_a_transaction_that_gets_no_turn_never_begins(connect: Connect, taken: Turnstile) -> None:
    bob = connect("bob", turn_wait_s=0)
    entered = False
    with pytest.raises(OperationalError, match="cannot write"), transaction.atomic(using="bob"):
        entered = True
    assert not entered
    leave_and_let_place_go(taken)
    with transaction.atomic(using="bob"):
        execute(bob, INSERT, "hello")
    assert count(bob) == 1


def test_two_connections_of_one_thread_do_not_wait_for_each_other(
    alice: DatabaseWrapper, connect: Connect
) -> None:
    bob = connect("bob")
    with transaction.atomic(using="alice"):
        with pytest.raises(TurnstileReentered):
            execute(bob, INSERT, "hello")
        assert count(bob) == 0
    execute(bob, INSERT, "hello")
    assert count(bob) == 1


def test_returned_rows_are_there_after_the_turn_is_over(alice: DatabaseWrapper, path: Path) -> None:
    with alice.cursor() as cursor:
        cursor.execute("INSERT INTO item (body) VALUES ('a'), ('b'), ('c'), ('d') RETURNING body")
        assert not is_taken(path)
        assert count(alice) == 4
        assert cursor.fetchone() == ("a",)
        assert cursor.fetchmany(1) == [("b",)]
        rows = iter(cursor)
        assert next(rows) == ("c",)
        assert cursor.fetchmany() == [("d",)]
        assert cursor.fetchall() == []
        assert cursor.fetchone() is None
        cursor.execute("SELECT 1")
        assert list(cursor) == [(1,)]


def test_a_transaction_commits_though_returned_rows_were_not_read(alice: DatabaseWrapper) -> None:
    with transaction.atomic(using="alice"):
        cursor = alice.cursor()
        cursor.execute("INSERT INTO item (body) VALUES ('a'), ('b') RETURNING id")
    assert count(alice) == 2


def test_many_rows_at_once_take_one_turn(alice: DatabaseWrapper, path: Path) -> None:
    seen: list[bool] = []

    def rows() -> Iterator[tuple[str]]:
        for number in range(3):
            seen.append(is_taken(path))
            execute(alice, INSERT, "from within")
            yield (str(number),)

    with alice.cursor() as cursor:
        cursor.executemany(INSERT, rows())  # type: ignore[arg-type]
    # Django looks at the first row before the statement starts.
    assert seen[1:] == [True, True]
    assert not is_taken(path)
    assert count(alice) == 6


def test_a_transaction_by_hand_is_inside_as_well(alice: DatabaseWrapper, path: Path) -> None:
    execute(alice, "BEGIN")
    assert is_taken(path)
    execute(alice, INSERT, "hello")
    execute(alice, "COMMIT")
    assert not is_taken(path)
    execute(alice, "SAVEPOINT a")
    assert is_taken(path)
    execute(alice, "ROLLBACK")
    assert not is_taken(path)
    assert count(alice) == 1


def test_without_autocommit_the_turn_lasts_from_the_first_write_to_the_commit(
    alice: DatabaseWrapper, path: Path
) -> None:
    alice.set_autocommit(False)
    assert count(alice) == 0
    assert not is_taken(path)
    execute(alice, INSERT, "hello")
    assert is_taken(path)
    alice.commit()
    assert not is_taken(path)
    execute(alice, INSERT, "undone")
    alice.rollback()
    assert not is_taken(path)
    execute(alice, INSERT, "committed by turning autocommit on")
    alice.set_autocommit(True)
    assert not is_taken(path)
    assert count(alice) == 2


def test_a_change_of_the_tables_is_one_turn(alice: DatabaseWrapper, path: Path) -> None:
    with alice.schema_editor() as editor:
        editor.execute("CREATE TABLE other (id)")
        assert is_taken(path)
    assert not is_taken(path)
    assert execute(alice, "SELECT * FROM other") == []


def test_a_script_is_one_turn(alice: DatabaseWrapper, path: Path) -> None:
    with alice.cursor() as cursor:
        cursor.cursor.executescript("INSERT INTO item VALUES (1, ''); DELETE FROM item;")
    assert not is_taken(path)
    assert count(alice) == 0


def test_a_thread_that_ends_in_a_transaction_lets_others_in(
    alice: DatabaseWrapper, path: Path
) -> None:
    def begin() -> None:
        bob = alice.copy("bob")
        connections["bob"] = bob
        transaction.atomic(using="bob").__enter__()
        execute(bob, INSERT, "hello")

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join()
    gc.collect()
    assert not is_taken(path)
    assert count(alice) == 0


def test_a_process_killed_in_a_transaction_lets_others_in_and_leaves_no_trace(
    alice: DatabaseWrapper, path: Path
) -> None:
    lines = (
        "import sys; from bitp.lib.safe_sqlite import use_safe_sqlite; use_safe_sqlite()",
        "from django.conf import settings",
        "database = {'ENGINE': 'bitp.events.sqlite', 'NAME': sys.argv[1]}",
        "settings.configure(DATABASES={'default': database})",
        "from django.db import connection, transaction",
        "with transaction.atomic(), connection.cursor() as cursor:",
        "    cursor.execute('INSERT INTO item (body) VALUES (1)')",
        "    print('inside', flush=True); sys.stdin.read()",
    )
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", "\n".join(lines), str(path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as mallory:
        assert mallory.stdout
        assert mallory.stdout.readline() == "inside\n"
        assert is_taken(path)
        mallory.kill()
        execute(alice, INSERT, "hello")
    assert execute(alice, "SELECT body FROM item") == [("hello",)]


def test_a_forked_child_takes_no_part_in_the_parents_transaction(
    alice: DatabaseWrapper, path: Path
) -> None:
    with transaction.atomic(using="alice"):
        execute(alice, INSERT, "hello")
        child = os.fork()
        if child == 0:
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert is_taken(path)
    assert count(alice) == 1
