"""Puts a backup back into an installation without data; refuses a damaged one.

With --check it only reads the backup, every byte of it, and changes nothing. What was sent to
others after the backup was made, such as a mail, may be sent once more.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From where."""
    parser.add_argument("folder", type=Path, help="what bitp backup wrote")
    parser.add_argument("--check", action="store_true", help="only say whether it is undamaged")


def run(options: argparse.Namespace) -> int:
    """0: everything is back, or with --check undamaged."""
    from bitp.config.backup.keys import get_secret_keys
    from bitp.config.backup.restoring import check_backup, restore_backup
    from bitp.config.commands.backup import tell
    from bitp.config.django_setup import set_up_django
    from bitp.config.environment import read_environment

    folder = options.folder.absolute()
    if options.check:
        manifest = check_backup(folder, tell)
        says = "undamaged"
    else:
        environment = read_environment()
        keys = get_secret_keys(environment)
        os.environ["BITP_SECRET_KEY"] = keys[0]
        set_up_django()
        manifest = restore_backup(environment, keys, folder, tell)
        says = f"restored into {environment.data}; start with bitp serve"
    facts = {"folder": str(options.folder), "made_us": manifest.made_us, "says": says}
    print(json.dumps(facts) if options.json else f"{options.folder}: {says}")
    return 0
