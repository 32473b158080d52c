"""Makes the data folder ready: texts, database, in the demo sample data."""

from __future__ import annotations

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing but the leash; settings come from the environment."""
    parser.add_argument("--leash-fd", type=int, default=-1, help="end when it closes")


def run(options: argparse.Namespace) -> int:
    """Does nothing when everything is ready."""
    from bitp.config.environment import read_environment
    from bitp.config.leash import follow_parent
    from bitp.config.preparation import is_prepared, mark_prepared, prepare

    environment = read_environment()
    if is_prepared(environment):
        return 0
    follow_parent(options.leash_fd)

    from bitp.config.django_setup import set_up_django

    set_up_django()
    prepare(environment)
    mark_prepared(environment)
    return 0
