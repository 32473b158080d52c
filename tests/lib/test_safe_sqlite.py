from __future__ import annotations

import subprocess
import sys

import pytest

from bitp.lib.safe_sqlite import check_sqlite, is_safe

# Makes the system's SQLite look like an affected one, wherever the test runs.
AFFECTED = (
    "import sqlite3; sqlite3.sqlite_version_info, sqlite3.sqlite_version = (3, 46, 1), '3.46.1'"
)


def run_python(*lines: str) -> str:
    command = [sys.executable, "-c", "\n".join(lines)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize(
    "version", [(3, 51, 3), (3, 51, 4), (3, 52, 0), (4, 0, 0), (3, 50, 7), (3, 50, 9), (3, 44, 6)]
)
def test_a_repaired_version_is_safe(version: tuple[int, ...]) -> None:
    assert is_safe(version)


@pytest.mark.parametrize(
    "version",
    [
        (3, 51, 2),
        (3, 51, 0),
        (3, 50, 6),
        (3, 49, 9),
        (3, 45, 0),
        (3, 44, 5),
        (3, 40, 1),
        (2, 8, 17),
    ],
)
def test_an_affected_version_is_not(version: tuple[int, ...]) -> None:
    assert not is_safe(version)


def test_the_sqlite_of_this_installation_is_safe() -> None:
    check_sqlite()


def test_an_affected_sqlite_is_replaced_for_everybody_who_imports_it_later() -> None:
    printed = run_python(
        AFFECTED,
        "from bitp.lib.safe_sqlite import use_safe_sqlite, check_sqlite",
        "version = use_safe_sqlite()",
        "check_sqlite()",
        "import sqlite3",
        "from sqlite3 import dbapi2",
        "from django.db.backends.sqlite3.base import Database",
        "assert Database is dbapi2 and sqlite3.dbapi2 is dbapi2",
        "found = sqlite3.connect(':memory:').execute('SELECT sqlite_version()').fetchone()[0]",
        "assert found == version == use_safe_sqlite() == sqlite3.sqlite_version",
        "print(found)",
    )
    assert is_safe(tuple(map(int, printed.split("."))))


def test_a_safe_sqlite_stays() -> None:
    printed = run_python(
        "import sqlite3",
        "sqlite3.sqlite_version_info, sqlite3.sqlite_version = (3, 99, 0), '3.99.0'",
        "from bitp.lib.safe_sqlite import use_safe_sqlite, check_sqlite",
        "print(use_safe_sqlite(), __import__('sqlite3') is sqlite3, check_sqlite())",
    )
    assert printed == "3.99.0 True None"


def test_replacing_it_after_django_has_loaded_the_other_is_refused() -> None:
    printed = run_python(
        AFFECTED,
        "import django.db.backends.sqlite3.base",
        "from bitp.lib.safe_sqlite import UnsafeSqlite, use_safe_sqlite",
        "try: use_safe_sqlite()",
        "except UnsafeSqlite as error: print(error, __import__('sqlite3') is sqlite3)",
    )
    assert printed == "use_safe_sqlite() must run before Django's SQLite backend loads. True"


def test_without_a_replacement_the_check_says_what_to_install() -> None:
    printed = run_python(
        AFFECTED,
        "import sys; sys.modules['pysqlite3'] = None",
        "from bitp.lib.safe_sqlite import UnsafeSqlite, check_sqlite, use_safe_sqlite",
        "assert use_safe_sqlite() == '3.46.1'",
        "try: check_sqlite()",
        "except UnsafeSqlite as error: print(error)",
    )
    assert printed.startswith("SQLite 3.46.1 can lose committed data")
    assert "pysqlite3" in printed
