"""What the bare parts do on this machine: fsynced inserts, a WebSocket echo."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from bitp.lib.safe_sqlite import use_safe_sqlite

# As many rows as the gateway puts into one transaction under full load.
ROWS_PER_COMMIT = 200
ROW_BYTES = 400


def measure_commits(seconds: float) -> float:
    """Synced commits a second of one row of a message's size each, WAL."""
    return measure_inserts(seconds, 1)


def measure_inserts(seconds: float, rows_per_commit: int = ROWS_PER_COMMIT) -> float:
    """Inserts a second: rows of a message's size, so many to a synced commit, WAL."""
    use_safe_sqlite()
    import sqlite3

    row = ("x" * ROW_BYTES,)
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        database = sqlite3.connect(Path(folder) / "raw.sqlite3", isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT)")
        rows, start = 0, time.perf_counter()
        while time.perf_counter() - start < seconds:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO message (text) VALUES (?)", [row] * rows_per_commit)
            database.execute("COMMIT")
            rows += rows_per_commit
        figure = rows / (time.perf_counter() - start)
        database.close()
    return round(figure)


def measure_echo(seconds: float) -> float:
    """Echoes a second: messages of the same size to a bare server of the same kind and back."""
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "bitp.config.bench.echo"], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        return round(asyncio.run(_echo(port, seconds)))
    finally:
        server.terminate()
        server.wait()


async def _echo(port: int, seconds: float) -> float:
    from bitp.config.bench.load import BODY
    from bitp.config.bench.wire import Wire, open_wire

    body = msgspec.json.encode({"t": "send", "cid": "0" * 10, "body": BODY})
    count = 0

    def answer(wire: Wire, _frame: bytes) -> None:
        nonlocal count
        count += 1
        wire.send_text(body)

    wires = [await open_wire(("127.0.0.1", port), answer) for _ in range(48)]
    start = time.perf_counter()
    for wire in wires:
        for _ in range(8):
            wire.send_text(body)
    await asyncio.sleep(seconds)
    figure = count / (time.perf_counter() - start)
    for wire in wires:
        wire.close()
    return figure
