"""Puts into the search's index what it lacks; safe to run again, also while the system runs."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict

# A line of progress this often.
PROGRESS_S = 1.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do beyond filling."""
    parser.add_argument("--check", action="store_true", help="only compare; exit 1 if they differ")
    parser.add_argument("--anew", action="store_true", help="empty the index first")
    parser.add_argument("--compact", action="store_true", help="leave no trace of erased messages")


def run(options: argparse.Namespace) -> int:
    """0: index and messages agree."""
    from bitp.config.django_setup import set_up_django

    set_up_django()
    from bitp.desk.search import filling

    if not options.check:
        _bring_into_agreement(options)
    agreement = filling.check_agreement()
    if options.json:
        print(json.dumps({"ok": agreement.is_complete, **asdict(agreement)}))
    else:
        print(agreement.says(), file=sys.stderr)
    return int(not agreement.is_complete)


def _bring_into_agreement(options: argparse.Namespace) -> None:
    from bitp.desk.search import filling
    from bitp.desk.search.schema import restore_triggers

    restore_triggers()
    if options.anew:
        filling.empty()
    filling.forget_strays()
    _fill()
    if options.compact:
        filling.compact()


def _fill() -> None:
    from bitp.desk.search import filling

    added, said_at = 0, time.monotonic()
    for put, below in filling.fill():
        added += put
        if time.monotonic() - said_at > PROGRESS_S:
            said_at = time.monotonic()
            print(f"{added} put in, {below} to look at", file=sys.stderr)
