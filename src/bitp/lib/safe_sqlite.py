"""Which SQLite is used.

Before 3.51.3 (and 3.50.7, 3.44.6 on their lines) a database in WAL mode with several
connections can lose committed data. Where the system's SQLite is affected, the one inside the
package pysqlite3 takes its place for the whole process.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType

SAFE_SINCE = (3, 51, 3)
# The repair was carried back to these lines: (major, minor) to the first safe patch.
FIRST_SAFE_PATCH = {(3, 50): 7, (3, 44): 6}

_DJANGO_BACKEND = "django.db.backends.sqlite3.base"


class UnsafeSqlite(Exception):
    """The SQLite in use can lose committed data."""

    code = "unsafe_sqlite"


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether SQLite of this version, such as (3, 51, 3), keeps committed data in WAL mode."""
    if version >= SAFE_SINCE:
        return True
    first_safe = FIRST_SAFE_PATCH.get((version[0], version[1]))
    return first_safe is not None and version[2] >= first_safe


def use_safe_sqlite() -> str:
    """Makes ``import sqlite3`` mean a safe SQLite where one is installed; returns its version.

    Call it before anything imports Django's SQLite backend, which keeps the module it found;
    a first call after that raises UnsafeSqlite. Where no safe SQLite is installed the system's
    stays: see check_sqlite.
    """
    replacement = None if _is_safe_module(_current()) else _find_replacement()
    if replacement is not None:
        if _DJANGO_BACKEND in sys.modules:
            raise UnsafeSqlite("use_safe_sqlite() must run before Django's SQLite backend loads.")
        sys.modules["sqlite3"] = replacement
        sys.modules["sqlite3.dbapi2"] = replacement.dbapi2
    return str(_current().sqlite_version)


def check_sqlite() -> None:
    """Raises UnsafeSqlite, saying what to do, when ``import sqlite3`` means an affected version."""
    if not _is_safe_module(_current()):
        raise UnsafeSqlite(
            f"SQLite {_current().sqlite_version} can lose committed data when several processes "
            "use one database. Install SQLite 3.51.3 or later (or 3.50.7+, 3.44.6+ on their "
            "lines), or the Python package pysqlite3."
        )


def _current() -> ModuleType:
    return import_module("sqlite3")


def _is_safe_module(module: ModuleType) -> bool:
    return is_safe(module.sqlite_version_info)


def _find_replacement() -> ModuleType | None:
    try:
        module = import_module("pysqlite3")
    except ImportError:
        return None
    return module if _is_safe_module(module) else None
