"""How long this machine's disk takes to make written bytes durable."""

from __future__ import annotations

import os
import tempfile
import time
from statistics import median

from bitp.config.bench import Figures

SYNCS = 200
# One page of the database.
WRITE_BYTES = 4096


def measure_sync() -> Figures:
    """Median and 99th percentile of write + fsync of one page, in milliseconds."""
    times_ms = sorted(_time_syncs())
    return {
        "sync_p50_ms": round(median(times_ms), 3),
        "sync_p99_ms": round(times_ms[int(len(times_ms) * 0.99) - 1], 3),
    }


def _time_syncs() -> list[float]:
    page = os.urandom(WRITE_BYTES)
    times_ms = []
    with tempfile.NamedTemporaryFile(prefix="bitp-sync-") as file:
        for _ in range(SYNCS):
            began = time.perf_counter()
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
            times_ms.append((time.perf_counter() - began) * 1000)
    return times_ms
