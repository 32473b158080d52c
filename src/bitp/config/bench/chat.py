"""``chat``: throughput and delay of messages through the whole path, and the raw limits.

Two parties talk through the real system (supervisor, gateway, SQLite with fsync); the load
generator is a process of its own on the same cores. In the same run: what fsynced inserts alone
do, and what a bare WebSocket echo does.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import msgspec

from bitp.config.bench import raw
from bitp.config.bench.load import BODY, Measured, Plan
from bitp.config.bench.running import Running, start_system

PEOPLE = 48
RATE_PER_S = 1_000
SYNC_DELAY_MS = 2


@dataclass(frozen=True, slots=True)
class Size:
    """How long each part runs, in seconds."""

    flood_s: float
    rate_s: float
    idle_s: float
    raw_s: float


FULL = Size(flood_s=20, rate_s=20, idle_s=20, raw_s=5)
QUICK = Size(flood_s=3, rate_s=3, idle_s=3, raw_s=1)


def measure(*, quick: bool) -> dict[str, Any]:
    """The figures the issue names, the raw limits, and both again with slow syncs."""
    size = QUICK if quick else FULL
    usual = _measure(size, {})
    slow = _measure(size, {"BITP_SYNC_DELAY_MS": str(SYNC_DELAY_MS)})
    syncs = raw.measure_syncs(size.raw_s)
    inserts = raw.measure_inserts(size.raw_s)
    echo = raw.measure_echo(size.raw_s)
    return {
        "work": {
            "people": PEOPLE,
            "characters": len(BODY),
            "window": Plan(0, "", [], "flood", 0).window,
            "seconds": size.flood_s,
            "rate_per_s": RATE_PER_S,
            "messages": usual["counts"],
        },
        "figures": {**usual["figures"], f"with_{SYNC_DELAY_MS}_ms_per_sync": slow["figures"]},
        "raw_limit": {**syncs, **inserts, **echo},
        "ratio_to_limit": {
            "inserts": _share(usual, inserts["inserts_per_s"]),
            "echo": _share(usual, echo["echoes_per_s"]),
        },
    }


def _share(measured: dict[str, Any], limit: float) -> float:
    return round(measured["figures"]["throughput_per_s"] / limit, 3) if limit else 0.0


def _measure(size: Size, settings: dict[str, str]) -> dict[str, Any]:
    with start_system({"BITP_SENDS_PER_S": "100000", **settings}) as running:
        flood = _run(running, mode="flood", seconds=size.flood_s)
        rate = _run(running, mode="rate", seconds=size.rate_s, per_s=RATE_PER_S)
        idle = _run(running, mode="idle", seconds=size.idle_s)
        rss_bytes = running.rss_bytes()
    runs = (flood, rate, idle)
    return {
        "figures": {
            "throughput_per_s": flood.throughput_per_s,
            "p50_ms": rate.p50_ms,
            "p99_ms": rate.p99_ms,
            "idle_p50_ms": idle.p50_ms,
            "rss_bytes": rss_bytes,
        },
        "counts": {
            name: sum(getattr(run, name) for run in runs)
            for name in ("sent", "accepted", "delivered", "doubled", "missing", "refused")
        },
    }


def _run(running: Running, **how: Any) -> Measured:
    """One run of the load generator against the running system."""
    contacts, agent = running.make_people(PEOPLE)
    plan = Plan(port=running.port, agent=agent, contacts=contacts, **how)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.load"],
        input=msgspec.json.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Measured)
