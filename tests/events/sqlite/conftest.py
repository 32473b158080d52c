"""Connections of our own to a database of our own, beside the suite's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.utils import ConnectionHandler
from pytest_django.plugin import DjangoDbBlocker

from bitp.events.sqlite.base import DatabaseWrapper

Connect = Callable[..., DatabaseWrapper]


def make_connection(alias: str, name: object, options: dict[str, Any]) -> DatabaseWrapper:
    """A connection that transaction.atomic(using=alias) finds in this thread."""
    database = {"ENGINE": "bitp.events.sqlite", "NAME": name, "OPTIONS": options}
    handler = ConnectionHandler({"default": database})
    made = handler.create_connection("default")
    assert isinstance(made, DatabaseWrapper)
    made.alias = alias
    connections[alias] = made
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bitp.sqlite3"


@pytest.fixture
def connect(path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Connect]:
    """connect("alice", turn_wait_s=1) opens one more connection to the database at ``path``."""
    made: dict[str, DatabaseWrapper] = {}

    def connect(alias: str, name: object = path, **options: Any) -> DatabaseWrapper:
        made[alias] = make_connection(alias, name, options)
        return made[alias]

    with django_db_blocker.unblock():
        yield connect
        for alias, connection in made.items():
            connection.close()
            del connections[alias]


@pytest.fixture
def alice(connect: Connect) -> DatabaseWrapper:
    """A connection to a database that has the table item (id INTEGER PRIMARY KEY, body TEXT)."""
    connection = connect("alice")
    execute(connection, "CREATE TABLE item (id INTEGER PRIMARY KEY, body TEXT)")
    return connection


def execute(connection: DatabaseWrapper, sql: str, *params: Any) -> list[Any]:
    """All rows that one statement gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def count(connection: DatabaseWrapper) -> int:
    return int(execute(connection, "SELECT COUNT(*) FROM item")[0][0])


class Outsider:
    """A program that is none of ours: it opens the database and knows no turnstile."""

    SCRIPT = (
        "import sqlite3, sys",
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)",
        "for sql in sys.stdin: connection.execute(sql).fetchall(); print('done', flush=True)",
    )

    def __init__(self, path: Path) -> None:
        script = "\n".join(self.SCRIPT)
        self.process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def execute(self, sql: str) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{sql}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n"

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def outsider(path: Path, alice: DatabaseWrapper) -> Iterator[Outsider]:
    program = Outsider(path)
    yield program
    program.end()
