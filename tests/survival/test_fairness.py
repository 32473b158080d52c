"""Whoever writes beside a chat at full rate has their turn soon: nobody is starved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bitp.config.bench.load import Counted, Plan
from bitp.config.bench.sync import measure_sync
from tests.survival.kept import keep
from tests.survival.running import System, running
from tests.survival.web import Browser
from tests.waiting import wait_for

pytestmark = [pytest.mark.alone, pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(300)]

PEOPLE = 48
WINDOW = 8
FLOOD_S = 10.0
# Begun when so much of the flood was answered, ended before it ends.
FLOWING = 1000
WRITING_S, PAUSE_S = 7.0, 0.015
WRITES_MIN = 40
UNLIMITED = {"BITP_SENDS_PER_S": "100000"}
P99_LIMIT_MS = 100.0
WRITERS = ("write_like_web", "write_like_worker")


@dataclass(frozen=True, slots=True)
class Times:
    """Of one writer, in milliseconds."""

    name: str
    writes: int
    p50_ms: float
    p99_ms: float
    errors: list[str]


def flood(system: System) -> subprocess.Popen[bytes]:
    """The benchmark's load generator at full rate, begun."""
    contacts, agent = system.errand("people", count=PEOPLE)
    plan = Plan(system.port, agent, contacts, "flood", FLOOD_S, window=WINDOW)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "bitp.config.bench.load"],
        env=system.errand_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(plan))
    process.stdin.close()
    return process


def measure(system: System) -> tuple[Counted, list[Times]]:
    with ExitStack() as stack:
        writers = [
            stack.enter_context(system.long_errand(name, seconds=WRITING_S, pause_s=PAUSE_S))
            for name in WRITERS
        ]
        before = answered(system)
        load = flood(system)
        wait_for(lambda: answered(system) - before > FLOWING, what="the flood")
        results = [result_of(writer) for writer in tell_to_begin(writers)]
    assert load.poll() is None, "the flood was over before the writers were"
    assert load.stdout is not None
    counted = msgspec.json.decode(load.stdout.read(), type=Counted)
    assert load.wait() == 0
    times = [
        _times(name, each["times_ms"], each["errors"])
        for name, each in zip(WRITERS, results, strict=True)
    ]
    return counted, times


def answered(system: System) -> int:
    """Sends that the gateway has answered so far."""
    return int(Browser(system.port).get("/live/health").json()["sends_answered"])


def tell_to_begin(writers: list[subprocess.Popen[str]]) -> list[subprocess.Popen[str]]:
    for writer in writers:
        print(file=writer.stdin, flush=True)
    return writers


def result_of(writer: subprocess.Popen[str]) -> Any:
    assert writer.stdout is not None
    return json.loads(writer.stdout.readline())


def _times(name: str, times_ms: list[float], errors: list[str]) -> Times:
    ordered = sorted(times_ms)
    assert len(ordered) > WRITES_MIN
    return Times(
        name, len(ordered), ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], errors
    )


def tell(counted: Counted, times: list[Times]) -> None:
    print(
        f"{counted.throughput_per_s:.0f} messages a second, {counted.delivered} delivered; "
        f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, "
        f"a sync {measure_sync()['sync_p99_ms']} ms (p99)"
    )
    for each in times:
        print(
            f"  {each.name}: {each.writes} writes, p50 {each.p50_ms:.1f} ms, "
            f"p99 {each.p99_ms:.1f} ms (limit {P99_LIMIT_MS:.0f} ms), {len(each.errors)} errors"
        )


def is_fair(times: list[Times]) -> bool:
    return all(each.p99_ms <= P99_LIMIT_MS for each in times)


def measure_and_check(system: System) -> list[Times]:
    counted, times = measure(system)
    tell(counted, times)
    assert [each.errors for each in times] == [[], []]
    assert (counted.missing, counted.doubled, counted.refused) == (0, 0, 0)
    if is_fair(times):
        keep_times(counted, times)
    return times


def keep_times(counted: Counted, times: list[Times]) -> None:
    keep(
        "fairness",
        "a write of web and of worker beside a chat at full rate",
        "BITP_TEST_KEEP=1 ./bitp test -m slow tests/survival/test_fairness.py",
        {"people": PEOPLE, "window": WINDOW, "seconds": FLOOD_S, "limit_p99_ms": P99_LIMIT_MS},
        {
            "chat_messages_per_s": round(counted.throughput_per_s),
            "chat_messages_delivered": counted.delivered,
            "load_average": round(os.getloadavg()[0], 1),
            **measure_sync(),
            "writers": [_rounded(each) for each in times],
        },
    )


def _rounded(times: Times) -> dict[str, Any]:
    p50_ms, p99_ms = round(times.p50_ms, 1), round(times.p99_ms, 1)
    return {**asdict(times), "p50_ms": p50_ms, "p99_ms": p99_ms, "errors": len(times.errors)}


def test_writers_beside_a_flood_have_their_turn_soon(prepared: Path) -> None:
    with running(prepared, UNLIMITED) as system:
        times = measure_and_check(system)
        if not is_fair(times):
            # A neighbour on the machine may spoil a measurement, never two in a row.
            print("measured once more: something else used the machine, or a writer waits")
            times = measure_and_check(system)
        assert "locked" not in system.said()
    assert is_fair(times)
