"""Runs a benchmark and prints one JSON object: machine, work, figures, the bare parts' limits.

The full run's object is kept under docs/benchmarks."""

from __future__ import annotations

import argparse
import json
import sys

from bitp.config.bench import BENCHES, run_bench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which, and how long."""
    parser.add_argument("name", choices=sorted(BENCHES))
    parser.add_argument("--quick", action="store_true", help="end within 40 s, at a smaller size")


def run(options: argparse.Namespace) -> int:
    """Always prints JSON."""
    json.dump(run_bench(options.name, quick=options.quick), sys.stdout, indent=2)
    print()
    return 0
