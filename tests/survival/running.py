"""The whole system under test: supervisor, live, web and worker, started as a person starts them.

Its folder is short (a socket's path has a limit) and outside of it stands the log: everything
that any of its processes ever said.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from bitp.config.data_folder import get_secret_key
from bitp.lib.control import ask_supervisor
from tests.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
BITP = (sys.executable, "-P", "-m", "bitp.config.commands")
ERRAND = (sys.executable, "-P", "-m", "tests.survival.errands")
NAMES = ("live", "web", "worker")
# The limits for one connection are for people, not for a crowd in one process.
CROWDED = {"BITP_SENDS_PER_S": "1000", "BITP_SOCKETS_PER_ADDRESS": "5000"}
START_S = 60.0
# Of what a system said, this many characters stand in a failure's report.
SAID_MAX = 6000
END_S = 20.0


def clean_environment(**variables: str) -> dict[str, str]:
    """Ours without what belongs to this run of the tests, with ``variables``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("BITP_") and name != "DJANGO_SETTINGS_MODULE"
    }
    return {**kept, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", **variables}


class System:
    """One running system. ``data``: its folder; ``log``: what it says on its way."""

    def __init__(self, data: Path, log: Path, database_url: str, variables: Mapping[str, str]):
        self.data, self.log, self.database_url = data, log, database_url
        own = {"BITP_DATABASE_URL": database_url} if database_url else {}
        self.environment = clean_environment(**own, **variables)
        self.process = self._start()
        try:
            self.port = self._wait_until_ready()
        except BaseException:
            self.process.kill()
            raise

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def _start(self) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            return subprocess.Popen(
                [*BITP, "demo", "--port", "0", "--data", str(self.data), "--json"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def _wait_until_ready(self) -> int:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        with self.log.open("a") as log:
            log.write(line)
        assert line, f"the system did not start:\n{self.said()}"
        return int(json.loads(line)["ready"].rpartition(":")[2])

    def said(self) -> str:
        """Everything that its processes wrote to their outputs."""
        return self.log.read_text(errors="replace")

    # --- its processes

    def ask(self, **request: object) -> dict[str, Any]:
        """A question to the supervisor."""
        return ask_supervisor(str(self.data / "run" / "control.sock"), request)

    def pid(self, name: str) -> int:
        """The process id of live, web or worker; 0 while it is between two lives."""
        return int(self.ask(status=True)["processes"][name]["pid"] or 0)

    def pids(self) -> dict[str, int]:
        return {name: self.pid(name) for name in NAMES}

    def find_web_child(self) -> int:
        """The process that answers pages, under web's head; 0 while there is none."""
        try:
            children = psutil.Process(self.pid("web")).children()
        except (psutil.NoSuchProcess, ValueError):
            return 0
        return int(children[0].pid) if children else 0

    def errand(self, name: str, **arguments: object) -> Any:
        """Runs a function of errands.py in a process of its own, in this system's database."""
        done = subprocess.run(
            [*ERRAND, name, json.dumps(arguments)],
            env=self.errand_environment(),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    @contextmanager
    def long_errand(self, name: str, **arguments: object) -> Iterator[subprocess.Popen[str]]:
        """The same beside the test, with open pipes; it has said "ready" and is ended after."""
        process = subprocess.Popen(
            [*ERRAND, name, json.dumps(arguments)],
            env=self.errand_environment(),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
            process.communicate()

    def errand_environment(self) -> dict[str, str]:
        own = {"BITP_DATABASE_URL": self.database_url} if self.database_url else {}
        return clean_environment(
            BITP_MODE="demo",
            BITP_DATA=str(self.data),
            BITP_SECRET_KEY=get_secret_key(self.data),
            BITP_ORIGIN=self.origin,
            **own,
        )

    def stop(self) -> int:
        """Ends it as Ctrl-C does; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def start_again(self) -> None:
        """On the same data, at another port."""
        self.process = self._start()
        self.port = self._wait_until_ready()


def prepare_folder(data: Path) -> None:
    """Brings a folder to where a first start brings it, so that copies of it start at once."""
    data.mkdir(mode=0o700, exist_ok=True)
    environment = clean_environment(
        BITP_MODE="demo", BITP_DATA=str(data), BITP_SECRET_KEY=get_secret_key(data)
    )
    subprocess.run([*BITP, "prepare"], env=environment, check=True)


@contextmanager
def running(
    prepared: Path | None,
    variables: Mapping[str, str] | None = None,
    *,
    database_url: str = "",
    at: Path | None = None,
) -> Iterator[System]:
    """A system on a copy of the prepared folder (none: it prepares itself), ended with the block.

    ``variables``: added to its environment; ``at``: where its folder is to stand.
    """
    with short_folder() as folder:
        data = (at or folder) / "data"
        if prepared is not None:
            shutil.copytree(prepared, data)
        system = System(data, folder / "log", database_url, variables or {})
        try:
            yield system
        except BaseException:
            print(system.said()[-SAID_MAX:])  # the folder goes, and the reason with it
            raise
        finally:
            system.stop()


@contextmanager
def short_folder() -> Iterator[Path]:
    """A new folder with a short name."""
    with tempfile.TemporaryDirectory(prefix="bitp-s-", dir="/tmp") as folder:
        yield Path(folder)


def kill(pid: int) -> None:
    """SIGKILL to one process that the system under test started."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_for_restart(system: System, name: str, old: int, limit_s: float = 30) -> float:
    """Seconds until the program runs under another process id."""
    began = time.monotonic()
    wait_for(lambda: system.pid(name) not in {0, old}, limit_s, f"{name} to come back")
    return time.monotonic() - began
