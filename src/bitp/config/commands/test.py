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
from importlib import import_module
from pathlib import Path

from bitp.config.failure import Failure
from bitp.config.messages import PACKAGE, compile_messages

TAKES_FURTHER = True
ROOT = PACKAGE.parent.parent
NOTHING_COLLECTED = 5

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
    runs = dict(run_all(options))
    total = {
        key: sum(each[key] for each in runs.values()) for key in ("passed", "failed", "skipped")
    }
    is_good = total["passed"] > 0 and all(
        each["exit"] in {0, NOTHING_COLLECTED} for each in runs.values()
    )
    summary = {**total, "seconds": round(time.monotonic() - began), "runs": runs}
    report(summary, as_json=options.json)
    return 0 if is_good else 1


def run_all(options: argparse.Namespace) -> list[tuple[str, Counts]]:
    """Each database's counts; a plain run asks PostgreSQL only for what it alone can show."""
    variables = {"BITP_REQUIRE_ALL": "1"} if options.all else {}
    if options.soak:
        variables = {"BITP_TEST_SOAK": "1"}
        return [("SQLite", run_pytest([*options.further, "-o", "timeout=0"], variables, options))]
    runs = [("SQLite", run_pytest(options.further, variables, options))]
    if not options.all:
        variables = {"BITP_TEST_ONLY_POSTGRES": "1"}
    if has_postgres():
        counts = run_pytest(options.further, variables, options, beside="tests.plugins.postgres")
        return [*runs, ("PostgreSQL", counts)]
    if options.all:
        raise Failure("PostgreSQL is required for --all and is not installed")
    print("PostgreSQL is not installed: its own tests were not run", file=sys.stderr)
    return runs


def has_postgres() -> bool:
    """Whether the tests can start a server of their own."""
    sys.path.insert(0, str(ROOT))
    return import_module("tests.plugins.postgres").find_binaries() is not None


def run_pytest(
    further: list[str], variables: dict[str, str], options: argparse.Namespace, beside: str = ""
) -> Counts:
    """One run, with ``beside`` next to what that module starts; its counts and exit code."""
    with tempfile.NamedTemporaryFile(suffix=".json") as counts:
        command = [sys.executable, "-m", "pytest", *further]
        done = subprocess.run(
            [sys.executable, "-m", beside, *command] if beside else command,
            cwd=ROOT,
            env={**os.environ, **variables, "BITP_TEST_COUNTS": counts.name},
            stdout=sys.stderr if options.json else None,
            check=False,
        )
        return read_counts(Path(counts.name), done.returncode)


def read_counts(path: Path, code: int) -> Counts:
    """What the run wrote down; a run that wrote nothing has failed."""
    text = path.read_text()
    counts: Counts = json.loads(text) if text else {"passed": 0, "failed": 1, "skipped": 0}
    return {**counts, "exit": code}


def report(summary: dict[str, object], *, as_json: bool) -> None:
    """The sum of all runs, in the line that CI looks for."""
    if as_json:
        print(json.dumps(summary))
        return
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**summary))
