"""Brings the database up to date with this version; run it before an upgraded system starts."""

from __future__ import annotations

import argparse
import json
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--check changes nothing."""
    parser.add_argument("--check", action="store_true", help="only say what is missing; exit 1")


def run(options: argparse.Namespace) -> int:
    """0: up to date."""
    from bitp.config.django_setup import set_up_django
    from bitp.config.preparation import find_missing_migrations, migrate

    set_up_django()
    missing = find_missing_migrations()
    if missing and not options.check:
        migrate()
    if options.json:
        print(json.dumps({"missing" if options.check else "applied": missing}))
    else:
        word = "missing" if options.check else "applied"
        print("\n".join(f"{word}: {name}" for name in missing) or "up to date", file=sys.stderr)
    return int(bool(missing) and options.check)
