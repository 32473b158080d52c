"""A writer that never pauses does not keep others from writing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bitp.events.sqlite.base import DatabaseWrapper
from tests.events.sqlite.conftest import count, execute
from tests.waiting import wait_for

pytestmark = pytest.mark.sqlite

WRITES = 300
# What an unhurried machine does is 100 ms; one on which other things run may take longer.
P99_LIMIT_MS = 500
# Batches that went before: the one under way, and one for each other who stood in between. How
# the kernel wakes them adds a few. Without the turnstile hundreds go before.
P99_LIMIT_ROUNDS = 4
LIMIT_ROUNDS = 20


def start_writer(
    path: Path, role: str, engine: str = "bitp.events.sqlite"
) -> subprocess.Popen[str]:
    script = Path(__file__).with_name("writers.py")
    command = [sys.executable, str(script), engine, str(path), role, str(WRITES)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True)


def read_round(connection: DatabaseWrapper) -> int:
    return int(execute(connection, "SELECT n FROM round")[0][0])


def percentile(values: list[float], percent: int) -> float:
    return sorted(values)[len(values) * percent // 100]


def test_single_writes_beside_a_batch_writer_wait_for_few_batches_and_none_fails(
    alice: DatabaseWrapper, path: Path
) -> None:
    execute(alice, "CREATE TABLE round (n INTEGER)")
    execute(alice, "INSERT INTO round VALUES (0)")
    batch = start_writer(path, "batch")
    wait_for(lambda: read_round(alice), what="the first batch")
    first = read_round(alice)
    writers = {role: start_writer(path, role) for role in ("transaction", "single")}
    results = {role: writer.communicate(timeout=100) for role, writer in writers.items()}
    batches = read_round(alice) - first
    path.with_name("stop").touch()
    assert batch.communicate(timeout=30) == ("", "")
    assert batch.returncode == 0
    assert batches > 20, "the batch writer was starved"
    for role, (printed, errors) in results.items():
        assert errors == "", role
        check_waits(role, json.loads(printed), batches)
    assert count(alice) == read_round(alice) * 200 + 2 * WRITES


def check_waits(role: str, figures: dict[str, list[float]], batches: int) -> None:
    waits_ms, rounds = figures["waits_ms"], figures["rounds"]
    p99_ms, p99_rounds = percentile(waits_ms, 99), percentile(rounds, 99)
    print(
        f"{role}: {len(waits_ms)} writes beside {batches} batches, 0 errors; "
        f"p50 {percentile(waits_ms, 50):.1f} ms, p99 {p99_ms:.1f} ms, max {max(waits_ms):.1f} ms; "
        f"batches waited p50 {percentile(rounds, 50)}, p99 {p99_rounds}, max {max(rounds)}"
    )
    assert len(waits_ms) == WRITES
    assert p99_ms <= P99_LIMIT_MS
    assert p99_rounds <= P99_LIMIT_ROUNDS
    assert max(rounds) <= LIMIT_ROUNDS
