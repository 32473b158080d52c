"""Does the jobs: mail, clocks, what was put off."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but the leash."""
    parser.add_argument("--leash-fd", type=int, default=-1, help="end when it closes")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM."""
    from bitp.config.leash import follow_parent
    from bitp.config.worker import run_worker

    follow_parent(options.leash_fd)
    run_worker()
    return 0
