"""A whole system for a benchmark: started as a person starts it, watched, ended."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from bitp.config.failure import Failure


@dataclass(frozen=True, slots=True)
class Running:
    """A demo that said READY. origin: http://localhost:PORT; ready_s: seconds until then."""

    origin: str
    port: int
    pid: int
    ready_s: float

    def rss_bytes(self) -> int:
        """Resident memory of the whole process tree, shared pages counted in each process."""
        return tree_rss_bytes(self.pid)


@contextmanager
def running_demo(
    *arguments: str, launcher: Path | None = None, variables: dict[str, str] | None = None
) -> Iterator[Running]:
    """Starts `bitp demo` on a free port with further ``arguments``; ends it with the block."""
    command = [str(launcher)] if launcher else [sys.executable, "-P", "-m", "bitp.config.commands"]
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "demo", "--port", "0", *arguments],
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        origin = _wait_until_ready(process)
        ready_s = time.monotonic() - began
        yield Running(origin, int(origin.rpartition(":")[2]), process.pid, ready_s)
    finally:
        process.terminate()
        process.communicate()


def _wait_until_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("READY "):
            return line.split()[1]
    raise Failure("the system under the benchmark did not start; its lines above say why")


def tree_rss_bytes(pid: int) -> int:
    """Sum of the resident sizes of a process and everything below it."""
    head = psutil.Process(pid)
    processes = [head, *head.children(recursive=True)]
    return sum(int(process.memory_info().rss) for process in processes)
