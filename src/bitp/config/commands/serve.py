"""Runs the system for production. Settings come from the environment (BITP_*); an unsafe one is
refused before anything starts, and every reason is listed. A proxy with TLS stands in front."""

from __future__ import annotations

import argparse
import json
import os
import signal
from urllib.parse import urlsplit

from bitp.config.environment import Environment, read_environment
from bitp.config.failure import Failure
from bitp.config.supervisor.system import System, run_system


class Unsafe(Failure):
    """The settings would put people at risk."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--check starts nothing."""
    parser.add_argument("--check", action="store_true", help="only check the settings")


def run(options: argparse.Namespace) -> int:
    """Until SIGTERM or Ctrl-C."""
    environment = read_environment()
    check_safe(environment)
    if options.check:
        print(json.dumps({"safe": True}) if options.json else "the settings are safe to serve with")
        return 0
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return run_system(
        System(
            data=environment.data.absolute(),
            address=parse_address(environment.listen),
            host=urlsplit(environment.origin).hostname or "",
            settings=lambda _port: {"BITP_MODE": "serve"},
            on_ready=lambda _port: print(f"READY {environment.origin}", flush=True),
        )
    )


def check_safe(environment: Environment) -> None:
    """Raises Unsafe with every reason."""
    # Imported late: it loads SQLite, which the supervisor has no use for.
    from bitp.config.production import find_unsafe

    reasons = find_unsafe(environment, os.environ)
    if reasons:
        raise Unsafe(
            "not started, these settings are unsafe:" + "".join(f"\n  - {r}" for r in reasons)
        )


def parse_address(text: str) -> tuple[str, int]:
    """The (host, port) of text such as 127.0.0.1:8000 or [::1]:8000."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise Failure(f"BITP_LISTEN must be address:port, not {text!r}")
    return host.strip("[]"), int(port)
