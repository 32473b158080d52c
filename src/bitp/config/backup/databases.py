"""A consistent copy of the database while it is in use, and the way back."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bitp.config.backup.manifest import POSTGRESQL, SQLITE, Damaged
from bitp.config.environment import Environment
from bitp.config.failure import Failure

SQLITE_FILE = "bitp.sqlite3"
# How often somebody who waits is told how far it is.
TELL_EVERY_S = 1.0
# Told of an error of PostgreSQL's tools.
ERROR_CHARS = 400

Tell = Callable[[str], None]


def kind_of(environment: Environment) -> str:
    """Which database this installation uses."""
    return POSTGRESQL if environment.database_url else SQLITE


def check_exists(environment: Environment) -> None:
    """Raises Failure where there is nothing to copy; asking Django would make an empty one."""
    if not environment.database_url and not (environment.data / SQLITE_FILE).exists():
        raise Failure(f"there is no database in {environment.data}; BITP_DATA names the folder")


def copy_database(environment: Environment, target: Path, tell: Tell) -> None:
    """Writes a copy of one moment to ``target``; writers go on meanwhile."""
    if environment.database_url:
        _run(_tool("pg_dump"), environment, ["--format=custom", "--no-owner", f"--file={target}"])
    else:
        _copy_sqlite(environment.data / SQLITE_FILE, target, tell)
        check_sqlite_file(target)


def restore_database(environment: Environment, source: Path, fresh: Path) -> None:
    """Puts the copy in its place: ``fresh`` is where SQLite's file is made before it counts."""
    if environment.database_url:
        options = ["--no-owner", "--exit-on-error", "--single-transaction"]
        options.append(f"--dbname={_name(environment)}")
        _run(_tool("pg_restore"), environment, options, source)
        return
    shutil.copyfile(source, fresh)
    check_sqlite_file(fresh)


def holds_database(environment: Environment) -> bool:
    """Whether a restore would overwrite something."""
    if not environment.database_url:
        return (environment.data / SQLITE_FILE).exists()
    import psycopg

    try:
        with psycopg.connect(environment.database_url) as connection:
            found = connection.execute(
                "SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' LIMIT 1"
            )
            return found.fetchone() is not None
    except psycopg.OperationalError as error:
        raise Failure(f"the database cannot be reached: {_first_line(str(error))}") from error


def check_sqlite_file(path: Path) -> None:
    """Raises Damaged unless SQLite finds the whole file sound."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{path.name} is not a sound database: {error}") from error
    if verdict != "ok":
        raise Damaged(f"{path.name} is not a sound database: {verdict}")
    if orphan is not None:
        raise Damaged(f"{path.name} has rows of {orphan[0]} that belong to nothing")


def _copy_sqlite(source: Path, target: Path, tell: Tell) -> None:
    length = source.stat().st_size
    if shutil.disk_usage(target.parent).free < length:
        raise Failure(f"{target.parent} has less room than the database needs ({length:,} bytes)")
    # One reading transaction: in WAL mode it sees one moment and holds nobody up.
    reader = sqlite3.connect(f"file:{source}?mode=rw", uri=True, isolation_level=None)
    with closing(reader), _progress(target, length, tell):
        reader.execute("VACUUM INTO ?", (str(target),))


@contextmanager
def _progress(target: Path, length: int, tell: Tell) -> Iterator[None]:
    """Tells how much of ``length`` bytes is written, until the block ends."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(TELL_EVERY_S):
            written = target.stat().st_size if target.exists() else 0
            tell(f"database: {min(99, written * 100 // max(1, length))} %")

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Failure(f"{name} was not found; install PostgreSQL's client programs")
    return found


def _name(environment: Environment) -> str:
    return urlsplit(environment.database_url).path.lstrip("/")


def _run(
    tool: str, environment: Environment, options: Sequence[str], source: Path | None = None
) -> None:
    """The password travels in the environment: arguments can be read by every user."""
    url = urlsplit(environment.database_url)
    known = {
        "PGHOST": unquote(url.hostname or ""),
        "PGPORT": str(url.port or ""),
        "PGUSER": unquote(url.username or ""),
        "PGPASSWORD": unquote(url.password or ""),
        "PGDATABASE": _name(environment),
    }
    variables = {**os.environ, **{name: value for name, value in known.items() if value}}
    command = [tool, *options, *([str(source)] if source else [])]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(f"{Path(tool).name}: {_first_line(done.stderr)[:ERROR_CHARS]}")


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
