"""``search``: how fast the console's search answers among many messages, and what indexing costs.

A process of its own fills a data folder, in both languages, and asks as the console's view does,
without HTTP around it. In the same run: what the bare index takes to name the first messages.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from bitp.config.bench import Figures, Measured

MESSAGES, MESSAGES_QUICK = 1_000_000, 100_000


class Searched(msgspec.Struct):
    """What the process of bench.searching found."""

    work: dict[str, int]
    figures: Figures
    raw_limit: Figures


def measure(quick: bool) -> Measured:
    """p95_ms over all kinds of queries, for each language too; the index's cost per message."""
    count = MESSAGES_QUICK if quick else MESSAGES
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        # Never into a database that somebody's environment names.
        own = {"BITP_MODE": "demo", "BITP_DATA": str(_data(folder)), "BITP_DATABASE_URL": ""}
        done = subprocess.run(
            [sys.executable, "-P", "-m", "bitp.config.bench.searching", str(count)],
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            check=True,
        )
    found = msgspec.json.decode(done.stdout, type=Searched)
    return Measured({"database": "SQLite", **found.work}, found.figures, found.raw_limit)


def _data(folder: str) -> Path:
    data = Path(folder) / "data"
    data.mkdir(mode=0o700)
    return data
