"""Writes the generated pages of docs/reference anew from the code."""

from __future__ import annotations

import argparse
import json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--check changes nothing."""
    parser.add_argument("--check", action="store_true", help="only say what is stale; exit 1")


def run(options: argparse.Namespace) -> int:
    """0: every page says what the code says."""
    from bitp.config.reference import find_stale, write_all

    names = find_stale() if options.check else write_all()
    word = "stale" if options.check else "written"
    print(json.dumps({word: names}) if options.json else "\n".join(f"{word}: {n}" for n in names))
    return int(bool(names) and options.check)
