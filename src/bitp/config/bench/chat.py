"""``chat``: throughput and delay of messages through the whole path, and the raw limits.

Two parties talk through the real system (supervisor, gateway, SQLite with fsync); the load
generator is a process of its own on the same cores. In the same run: what fsynced inserts alone
do, and what a bare WebSocket echo does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bitp.config.bench import Figures, Measured, raw
from bitp.config.bench.load import BODY, Counted, Plan
from bitp.config.bench.people import make_people
from bitp.config.bench.running import Running, running_demo

PEOPLE = 48
WINDOW = 8
RATE_PER_S = 1_000
SYNC_DELAY_MS = 2
# The limit for one connection is for people, not for a load generator.
UNLIMITED = {"BITP_SENDS_PER_S": "100000"}


@dataclass(frozen=True, slots=True)
class Size:
    """How long each part runs, in seconds."""

    flood_s: float
    rate_s: float
    idle_s: float
    raw_s: float


FULL = Size(flood_s=20, rate_s=20, idle_s=20, raw_s=5)
QUICK = Size(flood_s=3, rate_s=3, idle_s=2, raw_s=1)


def measure(quick: bool) -> Measured:
    """The figures the issue names, the raw limits, and the figures again with slow syncs."""
    size = QUICK if quick else FULL
    figures, counts = _measure(size, UNLIMITED)
    slow, _ = _measure(size, {**UNLIMITED, "BITP_SYNC_DELAY_MS": str(SYNC_DELAY_MS)})
    inserts, echoes = raw.measure_inserts(size.raw_s), raw.measure_echo(size.raw_s)
    work = {
        "people": PEOPLE,
        "characters": len(BODY),
        "window": WINDOW,
        "seconds": size.flood_s,
        "rate_per_s": RATE_PER_S,
        "messages": counts,
    }
    slow_figures = {f"{name}_with_{SYNC_DELAY_MS}_ms_syncs": slow[name] for name in slow}
    limits: Figures = {
        "throughput_per_s": min(inserts, echoes),
        "inserts_per_s": inserts,
        "echoes_per_s": echoes,
    }
    return Measured(work, {**figures, **slow_figures}, limits)


def _measure(size: Size, variables: dict[str, str]) -> tuple[Figures, dict[str, int]]:
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        data = Path(folder) / "data"
        with running_demo("--data", str(data), variables=variables) as running:
            flood = _run(running, data, mode="flood", seconds=size.flood_s, window=WINDOW)
            rate = _run(running, data, mode="rate", seconds=size.rate_s, per_s=RATE_PER_S)
            idle = _run(running, data, mode="idle", seconds=size.idle_s)
            rss_bytes = running.rss_bytes()
    figures: Figures = {
        "throughput_per_s": flood.throughput_per_s,
        "p50_ms": rate.p50_ms,
        "p99_ms": rate.p99_ms,
        "idle_p50_ms": idle.p50_ms,
        "rss_bytes": rss_bytes,
    }
    return figures, _sum((flood, rate, idle))


def _sum(runs: tuple[Counted, ...]) -> dict[str, int]:
    names = ("sent", "accepted", "delivered", "doubled", "missing", "refused")
    return {name: sum(getattr(run, name) for run in runs) for name in names}


def _run(running: Running, data: Path, **how: Any) -> Counted:
    """One run of the load generator against the running system."""
    contacts, agent = make_people(data, PEOPLE)
    plan = Plan(port=running.port, agent=agent, contacts=contacts, **how)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.load"],
        input=msgspec.json.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Counted)
