"""Runs the pages and the JSON API on a private Unix socket; live stands in front."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--listen-fd from the supervisor, or --socket to run alone."""
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--listen-fd", type=int, default=-1, help="an inherited listening socket")
    where.add_argument("--socket", type=Path, help="path of the Unix socket to make")
    parser.add_argument("--leash-fd", type=int, default=-1, help="end when it closes")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM."""
    from bitp.config.web import run_web

    bind = f"unix:{options.socket}" if options.socket else f"fd://{options.listen_fd}"
    run_web(bind, options.leash_fd)
    return 0
