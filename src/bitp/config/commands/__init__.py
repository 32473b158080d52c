"""The command line. Each command is a module here, imported only when it is asked for.

A command module has ``add_arguments(parser)`` and ``run(options) -> int`` (the exit code). With
TAKES_FURTHER, unknown arguments are in ``options.further``. What it prints with --json is one
JSON object; a Failure becomes one line on stderr and exit code 1.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib import import_module

from bitp.config.environment import BadSetting
from bitp.config.failure import Failure

FAILED, MISUSED, INTERRUPTED = 1, 2, 130

COMMANDS = {
    "demo": "runs everything with sample people, for a look around",
    "test": "passes the project's tests",
    "serve": "runs the system for production, with settings from the environment",
    "doctor": "checks the installation and says what to do",
    "bench": "runs a benchmark and prints its figures as JSON",
    "redact": "masks the secrets in a text on stdin",
    "invite": "prints a link that makes somebody a member of the staff",
    "backup": "writes a consistent copy of everything to a folder, while the system runs",
    "restore": "puts a backup back; refuses a damaged one",
    "migrate": "brings the database up to date",
    "index": "puts into the search's index what it lacks",
}
# Started by the commands above; each can be run alone.
PARTS = {
    "prepare": "makes a data folder ready: migrations, texts, in the demo sample data",
    "live": "the realtime gateway, in front of web",
    "web": "pages and the JSON API",
    "worker": "jobs, mail, clocks",
}

# Commands that stand with what they are about: a function that takes the arguments.
ELSEWHERE = {"redact": "bitp.policies.secrets.command"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help", "help"}:
        print(describe())
        return 0 if given else MISUSED
    name, *rest = given
    if name not in {**COMMANDS, **PARTS}:
        print(f"bitp: there is no command {name!r}; bitp --help lists them", file=sys.stderr)
        return MISUSED
    if name in ELSEWHERE:
        return int(import_module(ELSEWHERE[name]).main(rest))
    return run_command(name, rest)


def run_command(name: str, rest: Sequence[str]) -> int:
    """Runs the command's module; its failures become one line."""
    module = import_module(f"bitp.config.commands.{name}")
    parser = argparse.ArgumentParser(prog=f"bitp {name}", description=module.__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    module.add_arguments(parser)
    options, further = parser.parse_known_args(rest)
    if further and not getattr(module, "TAKES_FURTHER", False):
        parser.error(f"unknown arguments: {' '.join(further)}")
    options.further = further
    try:
        return int(module.run(options))
    except (Failure, BadSetting) as failure:
        return report(failure, as_json=options.json)
    except KeyboardInterrupt:
        return INTERRUPTED


def report(failure: Exception, *, as_json: bool) -> int:
    """Says what is wrong in one line on stderr, with --json also as an object on stdout."""
    if as_json:
        print(json.dumps({"error": str(failure)}, ensure_ascii=False))
    print(f"bitp: {failure}", file=sys.stderr)
    return FAILED


def describe() -> str:
    """The list of commands."""
    lines = ["usage: bitp COMMAND [ARGUMENTS]", ""]
    lines += [f"  {name:<8} {what}" for name, what in COMMANDS.items()]
    lines += ["", "parts, each run alone:"]
    lines += [f"  {name:<8} {what}" for name, what in PARTS.items()]
    return "\n".join([*lines, "", "bitp COMMAND --help says more."])
