"""Whatever was acknowledged is there after the power failed, at any moment."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.powercut.judge import Verdict, find_items, judge, open_checked
from tests.powercut.recorder import is_available, record
from tests.powercut.trace import Kind, Operation, Trace

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(not is_available(), reason="needs Linux and gcc"),
]

CUTS = 200
# Where a loss is certain to show, fewer do.
CUTS_TO_CATCH = 60
SEED = 20260228
BATCHES = 150
ROUNDS = 100

Workload = Callable[..., Trace]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


def record_workload(name: str, folder: Path, *arguments: object) -> Trace:
    """Runs one of the programs in workloads/ and checks that it made SQLite do what matters."""
    command = [sys.executable, "-m", f"tests.powercut.workloads.{name}", str(folder)]
    trace = record([*command, *map(str, arguments)], folder)
    assert trace.count(Kind.WRITE, "-wal") > 1000
    assert trace.count(Kind.WRITE, ".sqlite3") > 500, "the log was copied into the database"
    return trace


def cut(trace: Trace, tmp_path: Path, cuts: int) -> Verdict:
    verdict = judge(trace, find_items, cuts, SEED, tmp_path / "rebuilt")
    print(verdict, verdict.examples[:3])
    assert verdict.cuts == cuts
    assert verdict.acknowledged > cuts
    return verdict


def is_sync_of_log(operation: Operation) -> bool:
    return operation.kind is Kind.SYNC and operation.path.endswith("-wal")


def without(trace: Trace, is_left_out: Callable[[Operation], bool]) -> Trace:
    """As if the program had never done some of it."""
    return replace(trace, operations=[each for each in trace.operations if not is_left_out(each)])


def test_batches_survive(folder: Path, tmp_path: Path) -> None:
    verdict = cut(record_workload("plain", folder, "FULL", BATCHES, SEED), tmp_path, CUTS)
    assert (verdict.missing, verdict.damaged) == (0, 0)


def test_two_processes_that_write_through_django_survive(folder: Path, tmp_path: Path) -> None:
    trace = record_workload("django_writers", folder, "FULL", ROUNDS)
    assert trace.count(Kind.UNLINK, "-wal"), "the log came and went with the connections"
    verdict = cut(trace, tmp_path, CUTS)
    assert (verdict.missing, verdict.damaged) == (0, 0)


@pytest.mark.parametrize("synchronous", ["OFF", "NORMAL"])
@pytest.mark.parametrize("workload", ["plain", "django_writers"])
def test_less_than_full_sync_is_caught(
    folder: Path, tmp_path: Path, workload: str, synchronous: str
) -> None:
    size = (BATCHES, SEED) if workload == "plain" else (ROUNDS,)
    trace = record_workload(workload, folder, synchronous, *size)
    assert cut(trace, tmp_path, CUTS_TO_CATCH).missing > 0


@pytest.mark.parametrize(
    ("left_out", "is_left_out"),
    [
        ("log", lambda each: each.path.endswith("-wal")),
        ("database", lambda each: each.path.endswith(".sqlite3")),
        ("folder", lambda each: each.path == "."),
    ],
)
def test_any_kind_of_sync_that_is_missing_is_caught(
    folder: Path, tmp_path: Path, left_out: str, is_left_out: Callable[[Operation], bool]
) -> None:
    trace = record_workload("plain", folder, "FULL", BATCHES, SEED)
    assert trace.count(Kind.SYNC, "")
    cheating = without(trace, lambda each: each.kind is Kind.SYNC and is_left_out(each))
    assert len(cheating.operations) < len(trace.operations)
    assert cut(cheating, tmp_path, CUTS_TO_CATCH).missing > 0


def test_an_acknowledgement_a_moment_too_early_is_caught(folder: Path, tmp_path: Path) -> None:
    trace = record_workload("plain", folder, "FULL", BATCHES, SEED)
    acks = [each for each in trace.operations if each.path == "acks" and each.data]
    syncs = [each.seq for each in trace.operations if is_sync_of_log(each)]
    # Each was sent when the sync that it waited for had only begun.
    early = [replace(each, seq=max(seq for seq in syncs if seq < each.seq)) for each in acks]
    others = [each for each in trace.operations if each.path != "acks"]
    operations = sorted([*others, *early], key=lambda each: each.seq)
    assert cut(replace(trace, operations=operations), tmp_path, CUTS_TO_CATCH).missing > 0


def test_torn_text_is_read_as_damage(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "torn.sqlite3")) as database:
        database.execute("CREATE TABLE item AS SELECT CAST(x'61ff81' AS TEXT) AS id")
        database.commit()
    with closing(open_checked(tmp_path / "torn.sqlite3")) as database:
        assert database.execute("SELECT id FROM item").fetchall() == [("a\ufffd\ufffd",)]
