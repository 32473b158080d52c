"""A disk that is full to the operating system, in the middle of it all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.powercut.judge import find_items, judge
from tests.powercut.recorder import Recorder, is_available

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(not is_available(), reason="needs Linux and gcc"),
]

FULL = "database or disk is full"


class Writer:
    """workloads/obedient.py, recorded."""

    def __init__(self, folder: Path) -> None:
        self.recorder = Recorder(folder)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.powercut.workloads.obedient", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.recorder.environment},
        )
        self.read()

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def write(self, how: str, name: str, size_bytes: int) -> str:
        print(how, name, size_bytes, file=self.process.stdin, flush=True)
        return self.read()

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
        self.recorder.discard()


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    (tmp_path / "data").mkdir()
    started = Writer(tmp_path / "data")
    yield started
    started.end()


@pytest.mark.parametrize("how", ["single", "transaction"])
def test_a_full_disk_is_an_error_and_the_next_write_with_room_works(
    writer: Writer, tmp_path: Path, how: str
) -> None:
    assert writer.write(how, "before", 50_000) == "ok"
    writer.recorder.set_full(True)
    answers = [writer.write(how, f"full-{number}", 50_000) for number in range(5)]
    assert answers == [FULL] * 5
    writer.recorder.set_full(False)
    assert writer.write(how, "after", 50_000) == "ok"
    assert find_items(tmp_path / "data") == {"before", "after"}


def test_what_was_acknowledged_around_a_full_disk_survives_a_power_cut(
    writer: Writer, tmp_path: Path
) -> None:
    answers = []
    for number in range(120):
        writer.recorder.set_full(number // 10 % 2 == 1)
        answers.append(writer.write(("single", "transaction")[number % 2], str(number), 20_000))
    assert set(answers) == {"ok", FULL}
    trace = writer.recorder.read()
    assert len(trace.acks()) == answers.count("ok") >= 60
    verdict = judge(trace, find_items, 50, 1, tmp_path / "rebuilt")
    print(verdict)
    assert (verdict.missing, verdict.damaged) == (0, 0)
