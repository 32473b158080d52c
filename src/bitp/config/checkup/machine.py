"""Checks of this machine: Python, SQLite, clock, files."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bitp.config.checkup import NOTE, OK, TO_DO, Finding
from bitp.config.data_folder import others_may_read
from bitp.config.environment import Environment
from bitp.config.messages import PACKAGE
from bitp.config.production import find_unsafe
from bitp.lib.safe_sqlite import UnsafeSqlite, use_safe_sqlite
from bitp.lib.safe_sqlite import check_sqlite as check_sqlite_version

OLDEST_PYTHON = (3, 11)
LEAST_FREE_BYTES = 1_000_000_000
# Two for each relayed connection, and some hundred sockets per process in everyday use.
LEAST_OPEN_FILES = 4_096
# Files of the program cannot be newer than now; clocks of file systems may differ a little.
CLOCK_TOLERANCE_S = 24 * 3600


def check_python() -> Finding:
    """Python 3.11 or later."""
    says = f"Python {platform.python_version()}"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("python", TO_DO, f"{says} is too old; 3.11 or later is needed")
    return Finding("python", OK, says)


def check_sqlite(environment: Environment) -> Finding:
    """A SQLite that keeps committed data; with PostgreSQL it does not matter."""
    version = use_safe_sqlite()
    try:
        check_sqlite_version()
    except UnsafeSqlite as error:
        return Finding("sqlite", NOTE if environment.database_url else TO_DO, str(error))
    return Finding("sqlite", OK, f"SQLite {version}")


def check_clock(environment: Environment) -> Finding:
    """A clock that is not behind the program's own files, and a known time zone."""
    newest = max(path.stat().st_mtime for path in PACKAGE.glob("*/*.py"))
    if newest - time.time() > CLOCK_TOLERANCE_S:
        return Finding("clock", TO_DO, "the clock is behind this program's files; set it")
    try:
        ZoneInfo(environment.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        return Finding("clock", TO_DO, f"BITP_TIME_ZONE {environment.time_zone} is unknown")
    return Finding("clock", OK, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def check_open_files() -> Finding:
    """How many connections one process may hold."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < LEAST_OPEN_FILES:
        says = f"only {most} open files are allowed; raise the limit for many connections"
        return Finding("open files", NOTE, says)
    return Finding("open files", OK, "enough for many connections")


def check_data_folder(environment: Environment) -> Finding:
    """Ours alone, and writable."""
    folder = environment.data.absolute()
    if not folder.exists():
        return Finding("data folder", OK, f"{folder} will be made at the first start")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data folder", TO_DO, f"{folder} must belong to the user that runs BitP")
    if others_may_read(folder):
        return Finding("data folder", TO_DO, f"{folder} can be read by others; chmod 700 it")
    return Finding("data folder", OK, str(folder))


def check_disk(environment: Environment) -> Finding:
    """Space where the data is or will be."""
    folder = _nearest(environment.data.absolute())
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free at {folder}"
    if free < LEAST_FREE_BYTES:
        return Finding("disk", TO_DO, f"{says}; make room for at least 1 GB")
    return Finding("disk", OK, says)


def _nearest(folder: Path) -> Path:
    return next(each for each in [folder, *folder.parents] if each.exists())


def check_production(environment: Environment) -> list[Finding]:
    """What `serve` would refuse; of no importance to the demo."""
    reasons = find_unsafe(environment)
    if not reasons:
        return [Finding("serve", OK, "the settings are safe to serve with")]
    return [Finding("serve", NOTE, reason) for reason in reasons]
