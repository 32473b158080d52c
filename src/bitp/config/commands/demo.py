"""Runs everything with sample people on the embedded default, bound to this machine alone.

Prints the addresses and sign-ins, and READY http://localhost:PORT on a line of its own when it
answers. Ctrl-C ends it. Without --data, what happens in it is thrown away at the end.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from bitp.config.data_folder import check_ours, empty_folder, get_secret_key
from bitp.config.supervisor.system import System, run_system

LOOPBACK = "127.0.0.1"
# A passkey needs a host name, so people are sent to this one.
HOST = "localhost"
DEFAULT_PORT = 8000
GUIDE = (
    ("/demo", "the stage: a customer's phone and the agent's console side by side"),
    ("/", "the customers' site"),
    ("/console/", "the console"),
    ("/demo/mailbox", "every mail the system sent"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where it listens and what it keeps."""
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0: any free one")
    parser.add_argument("--data", type=Path, help="keep the data in this folder")
    parser.add_argument("--fresh", action="store_true", help="empty the --data folder first")


def run(options: argparse.Namespace) -> int:
    """Until Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, _end)
    with _data_folder(options.data) as data:
        if options.fresh:
            check_ours(data)
        return run_system(
            System(
                data=data,
                address=(LOOPBACK, options.port),
                host=HOST,
                settings=partial(_settings, data),
                before=partial(empty_folder, data) if options.fresh else _nothing,
                on_ready=partial(_announce, data, as_json=options.json),
                may_kill=True,
            )
        )


def _nothing() -> None:
    """The folder stays as it is."""


def _end(number: int, _frame: object) -> None:
    """A stop before the supervisor listens to it: leave, and remove what is thrown away."""
    raise SystemExit(128 + number)


@contextmanager
def _data_folder(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        yield kept.absolute()
        return
    folder = Path(tempfile.mkdtemp(prefix="bitp-demo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settings(data: Path, port: int) -> dict[str, str]:
    return {
        "BITP_MODE": "demo",
        "BITP_SECRET_KEY": get_secret_key(data),
        "BITP_ORIGIN": f"http://{HOST}:{port}",
    }


def _announce(data: Path, port: int, *, as_json: bool) -> None:
    with suppress(BrokenPipeError):  # nobody reads any more; the system runs on
        print(_describe(data, port, as_json=as_json), flush=True)


def _describe(data: Path, port: int, *, as_json: bool) -> str:
    origin = f"http://{HOST}:{port}"
    people = _find_people(data)
    if as_json:
        pages = {path: origin + path for path, _ in GUIDE}
        return json.dumps({"ready": origin, "pages": pages, "people": people})
    lines = [f"{origin + path:<36} {what}" for path, what in GUIDE]
    lines += ["", *(f"{person['email']:<36} {person['says']}" for person in people), ""]
    return "\n".join([*lines, f"READY {origin}"])


def _find_people(data: Path) -> list[dict[str, str]]:
    """The sample people as the preparation wrote them down: email and one line about them."""
    path = data / "people.json"
    people: list[dict[str, str]] = json.loads(path.read_text()) if path.exists() else []
    return people
