"""Runs the realtime gateway: answers /live itself and relays the rest to web."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--listen-fd from the supervisor, or --port to run alone."""
    parser.add_argument("--listen-fd", type=int, default=-1, help="an inherited listening socket")
    parser.add_argument("--port", type=int, default=8000, help="without --listen-fd: on loopback")
    parser.add_argument("--web", type=Path, required=True, help="the Unix socket of web")
    parser.add_argument("--leash-fd", type=int, default=-1, help="end when it closes")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM."""
    from bitp.config.leash import follow_parent
    from bitp.config.live import run_live

    follow_parent(options.leash_fd)
    run_live(options.listen_fd, options.port, options.web)
    return 0
