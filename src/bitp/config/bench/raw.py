"""What the bare parts do on this machine: syncs, fsynced inserts, a WebSocket echo."""

from __future__ import annotations

import asyncio
import os
import statistics
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
PAGE_BYTES = 4096


def measure_syncs(seconds: float) -> dict[str, float]:
    """``sync_p50_ms`` and ``sync_p99_ms`` of one page appended and synced."""
    times: list[float] = []
    with tempfile.NamedTemporaryFile() as file:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            os.write(file.fileno(), b"x" * PAGE_BYTES)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1e3)
    cuts = statistics.quantiles(times, n=100)
    return {"sync_p50_ms": round(cuts[49], 3), "sync_p99_ms": round(cuts[98], 3)}


def measure_inserts(seconds: float) -> dict[str, float]:
    """``inserts_per_s``: rows of a message's size, ROWS_PER_COMMIT to a synced commit, WAL."""
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
            database.executemany("INSERT INTO message (text) VALUES (?)", [row] * ROWS_PER_COMMIT)
            database.execute("COMMIT")
            rows += ROWS_PER_COMMIT
        figure = rows / (time.perf_counter() - start)
        database.close()
    return {"inserts_per_s": round(figure)}


def measure_echo(seconds: float) -> dict[str, float]:
    """``echoes_per_s``: messages of the same size to a bare server of the same kind and back."""
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "bitp.config.bench.echo"], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        return {"echoes_per_s": round(asyncio.run(_echo(port, seconds)))}
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
