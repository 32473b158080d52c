"""A PostgreSQL server of the tests' own: installed binaries, a scratch folder, a free port.

``python -m tests.plugins.postgres COMMAND …`` runs a command with BITP_DATABASE_URL naming an
empty database of a fresh server; the server ends with it.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

WHERE = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/pgsql-*/bin")
ADMINISTRATOR = "postgres"
START_S = 60
# Speed over safety: nothing here outlives the tests.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
UNTIL_STOPPED = "immediate"


def find_binaries() -> Path | None:
    """The folder of the newest initdb and pg_ctl installed here."""
    on_path = shutil.which("pg_ctl")
    folders = [Path(on_path).resolve().parent] if on_path else []
    for pattern in WHERE:
        folders += sorted(Path("/").glob(pattern[1:]), key=_version, reverse=True)
    return next((each for each in folders if (each / "initdb").exists()), None)


def _version(folder: Path) -> float:
    digits = "".join(each for each in folder.parent.name if each.isdigit() or each == ".")
    return float(digits or 0)


@contextmanager
def postgres_server() -> Iterator[str]:
    """Runs a server; yields the URL of its empty database ``bitp``."""
    binaries = find_binaries()
    assert binaries is not None, "PostgreSQL is not installed"
    folder = Path(tempfile.mkdtemp(prefix="bitp-pg-", dir="/tmp"))
    _give_to_server_user(folder)
    port = _free_port()
    data = folder / "data"
    try:
        initdb = [binaries / "initdb", "-D", data, "-A", "trust", "-U", ADMINISTRATOR]
        _run([*initdb, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"])
        options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder}"
        options += "".join(f" -c {each}" for each in FAST)
        pg_ctl = [binaries / "pg_ctl", "-D", data, "-w", "-t", str(START_S)]
        _run([*pg_ctl, "-l", folder / "log", "-o", options, "start"])
        try:
            url = f"postgresql://{ADMINISTRATOR}@127.0.0.1:{port}/postgres"
            yield create_database(url, "bitp")
        finally:
            _run([*pg_ctl, "-m", UNTIL_STOPPED, "stop"])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _as_server_user() -> list[str]:
    """PostgreSQL refuses to run as root; its package made a user for it."""
    return ["runuser", "-u", ADMINISTRATOR, "--"] if os.geteuid() == 0 else []


def _give_to_server_user(folder: Path) -> None:
    if os.geteuid() == 0:
        user = pwd.getpwnam(ADMINISTRATOR)
        os.chown(folder, user.pw_uid, user.pw_gid)


def _run(command: Sequence[object]) -> None:
    done = subprocess.run(
        [*_as_server_user(), *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def create_database(server_url: str, name: str) -> str:
    """Makes an empty database on the server of ``server_url``; returns its URL."""
    import psycopg

    server = urlsplit(server_url)
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return server._replace(path=f"/{name}").geturl()


def drop_database(url: str) -> None:
    """Removes a database and cuts who is still connected to it."""
    import psycopg

    server = urlsplit(url)
    with psycopg.connect(server._replace(path="/postgres").geturl(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{server.path[1:]}" WITH (FORCE)'.encode())


@pytest.fixture
def database_url() -> Iterator[str]:
    """BITP_DATABASE_URL for a system that a test starts as processes of its own: an empty
    database on the run's PostgreSQL server, or nothing, which means SQLite in its data folder."""
    server = os.environ.get("BITP_DATABASE_URL", "")
    if not server:
        yield ""
        return
    url = create_database(server, f"run_{uuid4().hex[:12]}")
    yield url
    drop_database(url)


def main(command: Sequence[str]) -> int:
    """Runs ``command`` beside a server; returns its exit code."""
    with postgres_server() as url:
        return subprocess.run(
            command, env={**os.environ, "BITP_DATABASE_URL": url}, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
