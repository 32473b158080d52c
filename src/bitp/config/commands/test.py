"""Passes the project's tests; further arguments go to pytest.

Plain: under five minutes; what needs a browser or PostgreSQL runs where it is installed and says
so where not. --all: everything, on SQLite and on PostgreSQL, and a skip is a failure, as CI runs
it. --soak: the long runs, hundreds of kills.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from typing import IO

from bitp.config.failure import Failure
from bitp.config.messages import PACKAGE, compile_messages

TAKES_FURTHER = True
ROOT = PACKAGE.parent.parent
NOTHING_COLLECTED = 5
# More runs side by side would wait for each other's browsers.
MOST_RUNS = 4

Counts = dict[str, int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much."""
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--all", action="store_true", help="everything; real servers are required")
    much.add_argument("--soak", action="store_true", help="only the long runs")


def run(options: argparse.Namespace) -> int:
    """0 when every test of every run passed."""
    if not (ROOT / "tests" / "conftest.py").exists():
        raise Failure("the tests are part of the sources; run ./bitp test in a checkout")
    began = time.monotonic()
    compile_messages()
    runs = list(run_all(options))
    total = {key: sum(each[key] for each in runs) for key in ("passed", "failed", "skipped")}
    is_good = total["passed"] > 0 and all(each["exit"] in {0, NOTHING_COLLECTED} for each in runs)
    report({**total, "seconds": round(time.monotonic() - began)}, as_json=options.json)
    return 0 if is_good else 1


def run_all(options: argparse.Namespace) -> Iterator[Counts]:
    """Both databases; a plain run asks PostgreSQL only for what it alone can show."""
    if options.soak:
        more = [*options.further, "-o", "timeout=0"]
        yield from run_together([Run(more, {"BITP_TEST_SOAK": "1"})], as_json=options.json)
        return
    variables = {"BITP_REQUIRE_ALL": "1"} if options.all else {}
    yield from run_shared(Run(options.further, variables), as_json=options.json)
    if not has_postgres():
        if options.all:
            raise Failure("PostgreSQL is required for --all and is not installed")
        print("PostgreSQL is not installed: its own tests were not run", file=sys.stderr)
    elif options.all:
        run = Run(options.further, variables, beside="tests.plugins.postgres")
        yield from run_shared(run, as_json=options.json)
    else:
        variables = {"BITP_TEST_ONLY_POSTGRES": "1"}
        run = Run(options.further, variables, beside="tests.plugins.postgres")
        yield from run_together([run], as_json=options.json)


def has_postgres() -> bool:
    """Whether the tests can start a server of their own."""
    sys.path.insert(0, str(ROOT))
    return import_module("tests.plugins.postgres").find_binaries() is not None


@dataclass(frozen=True, slots=True)
class Run:
    """One pytest: its arguments, BITP_TEST_* variables, and a module that starts it ``beside``
    what it needs."""

    further: list[str]
    variables: dict[str, str]
    beside: str = ""

    def share(self, share: str) -> Run:
        """The part of it that is named so; see tests/plugins/required.py."""
        return replace(self, variables={**self.variables, "BITP_TEST_SHARE": share})

    def start(self, output: IO[str] | None, counts: str) -> subprocess.Popen[str]:
        """Starts it; it leaves its counts in the file named ``counts``."""
        before = [sys.executable, "-m", self.beside] if self.beside else []
        return subprocess.Popen(
            [*before, sys.executable, "-m", "pytest", *self.further],
            cwd=ROOT,
            env={**os.environ, **self.variables, "BITP_TEST_COUNTS": counts},
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            text=True,
        )


def run_shared(run: Run, *, as_json: bool) -> Iterator[Counts]:
    """Everything in as many runs as there are cores, then what measures time, alone. With
    arguments of a person's own: one run."""
    cores = min(os.cpu_count() or 1, MOST_RUNS)
    if run.further or cores == 1:
        yield from run_together([run], as_json=as_json)
        return
    shares = [run.share(f"{number}/{cores}") for number in range(1, cores + 1)]
    yield from run_together(shares, as_json=as_json)
    yield from run_together([run.share("alone")], as_json=as_json)


def run_together(runs: list[Run], *, as_json: bool) -> list[Counts]:
    """Side by side: the first is seen as it goes, the others' output after it."""
    with ExitStack() as stack:
        first = sys.stderr if as_json else None
        outputs = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in runs[1:]]
        counts = [stack.enter_context(tempfile.NamedTemporaryFile("r")) for _ in runs]
        begun = [
            run.start(output, file.name)
            for run, output, file in zip(runs, [first, *outputs], counts, strict=True)
        ]
        codes = [process.wait() for process in begun]
        for output in outputs:
            output.seek(0)
            print(output.read(), file=sys.stderr if as_json else sys.stdout, flush=True)
        return [read_counts(file.read(), code) for file, code in zip(counts, codes, strict=True)]


def read_counts(text: str, code: int) -> Counts:
    """What a run wrote down; one that wrote nothing has failed."""
    counts: Counts = json.loads(text) if text else {"passed": 0, "failed": 1, "skipped": 0}
    return {**counts, "exit": code}


def report(summary: dict[str, int], *, as_json: bool) -> None:
    """The sum of all runs, in the line that CI looks for."""
    if as_json:
        print(json.dumps(summary))
        return
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**summary))
