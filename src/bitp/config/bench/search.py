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
from bitp.config.environment import read_environment

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
        done = subprocess.run(
            [sys.executable, "-P", "-m", "bitp.config.bench.searching", str(count)],
            env={**os.environ, "BITP_MODE": "demo", "BITP_DATA": str(_data(folder))},
            stdout=subprocess.PIPE,
            check=True,
        )
    found = msgspec.json.decode(done.stdout, type=Searched)
    database = "PostgreSQL" if read_environment().database_url else "SQLite"
    return Measured({"database": database, **found.work}, found.figures, found.raw_limit)


def _data(folder: str) -> Path:
    data = Path(folder) / "data"
    data.mkdir(mode=0o700)
    return data
