"""Checks the installation and says what to do. Exit code 1 when something is to do."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

SIGNS = {"ok": "ok   ", "note": "note ", "to do": "TO DO"}


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """None but --json."""


def run(options: argparse.Namespace) -> int:
    """One line for each finding."""
    from bitp.config.checkup import TO_DO, check_all

    findings = check_all()
    to_do = [finding for finding in findings if finding.verdict == TO_DO]
    if options.json:
        print(json.dumps({"ok": not to_do, "findings": [asdict(each) for each in findings]}))
    else:
        for each in findings:
            print(f"{SIGNS[each.verdict]}  {each.check:<14} {each.says}")
    if to_do:
        names = ", ".join(each.check for each in to_do)
        print(f"bitp: {len(to_do)} to do: {names}", file=sys.stderr)
    return int(bool(to_do))
