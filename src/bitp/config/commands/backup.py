"""Writes a consistent copy of everything to a new folder, while the system runs.

It holds the database and the sealed files, whose keys are wrapped: without BITP_SECRET_KEY, which
is not in it, they stay closed. Keep that key elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("folder", type=Path, help="a folder that does not exist yet")


def run(options: argparse.Namespace) -> int:
    """0: the backup is complete and on the disk."""
    from bitp.config.backup.keys import get_secret_keys
    from bitp.config.backup.making import make_backup
    from bitp.config.django_setup import set_up_django
    from bitp.config.environment import read_environment

    environment = read_environment()
    key = get_secret_keys(environment)[0]
    os.environ["BITP_SECRET_KEY"] = key
    set_up_django()
    manifest = make_backup(environment, key, options.folder.absolute(), tell)
    facts = {
        "folder": str(options.folder),
        "files": len(manifest.files),
        "bytes": manifest.length(),
        "database": manifest.database,
    }
    says = f"{options.folder}: {len(manifest.files)} files, {manifest.length():,} bytes"
    print(json.dumps(facts) if options.json else says)
    return 0


def tell(line: str) -> None:
    """How far it is."""
    print(f"bitp: {line}", file=sys.stderr)
