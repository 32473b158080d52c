"""The supervisor keeps its programs running, drains them, and takes them along when it dies."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]
import pytest

from bitp.lib.control import NoSupervisor, ask_supervisor
from tests.waiting import is_alive, is_dead, wait_for

pytestmark = pytest.mark.once
TINY_SYSTEM = Path(__file__).with_name("tiny_system.py")
NAMES = ("live", "web", "worker")


class Tiny:
    """One running tiny system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, TINY_SYSTEM, folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def starts(self, name: str) -> list[tuple[int, float]]:
        """(pid, when) of each start of a program."""
        path = self.folder / f"{name}.started"
        lines = path.read_text().splitlines() if path.exists() else []
        pairs = [line.split() for line in lines]
        return [(int(pair[0]), float(pair[1])) for pair in pairs if len(pair) == 2]

    def pid(self, name: str, start: int = 1) -> int:
        """The process id of the n-th start, once it has happened."""
        return wait_for(lambda: self.starts(name)[start - 1 :], what=f"start {start} of {name}")[0][
            0
        ]

    def pids(self) -> list[int]:
        return [self.pid(name) for name in NAMES]

    def ask(self, request: dict[str, object]) -> dict[str, Any]:
        wait_for((self.folder / "control.sock").exists)
        return ask_supervisor(str(self.folder / "control.sock"), request)

    def read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def left(self) -> list[psutil.Process]:
        """What runs of it, also a child that a fault let live on or that has not said so yet."""
        own = {str(TINY_SYSTEM), str(self.folder)}
        return [
            each
            for each in psutil.process_iter(["cmdline"])
            if own <= set(each.info["cmdline"] or ())
        ]

    def put_away(self) -> None:
        """Ends whatever is left of it; waits for no pipe, since an orphan may hold its end."""
        self.process.kill()
        self.process.wait()
        wait_for(self._is_empty, what="the end of the last child")
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def _is_empty(self) -> bool:
        left = self.left()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        return not left

    def end(self) -> tuple[int, str]:
        """Exit code, and what it printed since, after SIGTERM."""
        self.process.terminate()
        printed, said = self.process.communicate(timeout=15)
        return self.process.returncode, printed + said


@pytest.fixture
def start_tiny(tmp_path: Path) -> Iterator[Callable[[], Tiny]]:
    """Starts a tiny system in a folder the test may have prepared."""
    started = []

    def start() -> Tiny:
        started.append(Tiny(tmp_path))
        return started[-1]

    yield start
    for system in started:
        system.put_away()


@pytest.fixture
def tiny(start_tiny: Callable[[], Tiny]) -> Tiny:
    """A tiny system whose /readyz says no until ``ready`` is touched."""
    return start_tiny()


def test_ready_is_said_once_and_only_when_the_port_answers_yes(tiny: Tiny) -> None:
    tiny.pids()
    assert tiny.ask({"status": True})["ready"] is False
    (tiny.folder / "ready").touch()
    assert tiny.read_line() == "READY"
    assert tiny.ask({"status": True})["ready"] is True
    assert tiny.end() == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_a_killed_program_is_started_again_at_once(tiny: Tiny, name: str) -> None:
    tiny.pids()
    first = tiny.pid(name)
    killed_at = time.monotonic()
    os.kill(first, signal.SIGKILL)
    second = tiny.pid(name, 2)
    assert second != first
    assert tiny.starts(name)[1][1] - killed_at < 2
    assert all(len(tiny.starts(other)) == 1 for other in NAMES if other != name)


def test_further_crashes_wait_longer_each_time(tiny: Tiny) -> None:
    (tiny.folder / "ready").touch()
    assert tiny.read_line() == "READY"
    ends = []
    for start in range(1, 5):
        pid = tiny.pid("worker", start)
        ends.append(time.monotonic())
        os.kill(pid, signal.SIGKILL)
    tiny.pid("worker", 5)
    pauses = [tiny.starts("worker")[i + 1][1] - ends[i] for i in range(4)]
    assert [pause > least for pause, least in zip(pauses, (0, 0.2, 0.4, 0.8), strict=True)]
    assert pauses[1] >= 0.2
    assert pauses[2] >= 0.4
    assert pauses[3] >= 0.8


def test_a_kill_that_was_asked_for_costs_no_pause(tiny: Tiny) -> None:
    (tiny.folder / "ready").touch()
    assert tiny.read_line() == "READY"
    for start in range(1, 4):
        pid = tiny.pid("live", start)
        assert tiny.ask({"kill": "live"}) == {"killed": "live", "pid": pid}
        wait_for(partial(is_dead, pid))
    tiny.pid("live", 4)
    times = [when for _, when in tiny.starts("live")]
    assert times[-1] - times[0] < 3
    assert tiny.ask({"status": True})["processes"]["live"]["restarts"] == 3


def test_in_production_the_control_socket_kills_nothing(
    tmp_path: Path, start_tiny: Callable[[], Tiny]
) -> None:
    (tmp_path / "production").touch()
    system = start_tiny()
    pids = system.pids()
    assert system.ask({"kill": "live"}) == {"error": "cannot kill live"}
    assert all(is_alive(pid) for pid in pids)
    assert all(len(system.starts(name)) == 1 for name in NAMES)
    system.end()


@pytest.mark.parametrize(
    "request_line", [b"\n", b"[]\n", b'{"kill": "nobody"}\n', b"{}\n", b"x" * 9000]
)
def test_the_control_socket_answers_nonsense_with_an_error(tiny: Tiny, request_line: bytes) -> None:
    tiny.pids()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(tiny.folder / "control.sock"))
        connection.sendall(request_line)
        assert "error" in json.loads(connection.makefile("rb").readline())
    assert tiny.ask({"status": True})["ready"] is False


def test_the_control_socket_is_ours_alone(tiny: Tiny) -> None:
    tiny.pids()
    assert (tiny.folder / "control.sock").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("path", ["", "nobody"])
def test_a_process_without_supervisor_is_told_so(tmp_path: Path, path: str) -> None:
    with pytest.raises(NoSupervisor):
        ask_supervisor(path and str(tmp_path / path), {"status": True})


def test_a_silent_client_of_the_control_socket_holds_nothing_up(tiny: Tiny) -> None:
    tiny.pids()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.connect(str(tiny.folder / "control.sock"))
        os.kill(tiny.pid("worker"), signal.SIGKILL)
        tiny.pid("worker", 2)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_ends_everything_with_web_last(tiny: Tiny, number: signal.Signals) -> None:
    pids = tiny.pids()
    tiny.process.send_signal(number)
    assert tiny.process.wait(timeout=10) == 0
    assert not any(is_alive(pid) for pid in pids)
    ended = (tiny.folder / "ended").read_text().split()
    assert sorted(ended) == sorted(NAMES)
    assert ended[-1] == "web"


@pytest.mark.slow
def test_a_program_that_ignores_the_stop_is_killed_within_the_limit(
    tmp_path: Path, start_tiny: Callable[[], Tiny]
) -> None:
    (tmp_path / "stubborn").touch()
    system = start_tiny()
    pids = system.pids()
    started = time.monotonic()
    code, said = system.end()
    assert code == 0
    assert 6 < time.monotonic() - started < 12
    assert "did not end in time" in said
    assert not any(is_alive(pid) for pid in pids)


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, start_tiny: Callable[[], Tiny]) -> None:
    (tmp_path / "stubborn").touch()
    system = start_tiny()
    pids = system.pids()
    started = time.monotonic()
    system.process.send_signal(signal.SIGINT)
    wait_for(lambda: system.ask({"status": True})["stopping"], what="the drain")
    system.process.send_signal(signal.SIGINT)
    assert system.process.wait(timeout=5) == 0
    assert time.monotonic() - started < 5
    assert not any(is_alive(pid) for pid in pids)


def test_the_children_die_with_a_killed_supervisor(tiny: Tiny) -> None:
    pids = tiny.pids()
    tiny.process.kill()
    tiny.process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids), limit_s=3, what="the children's end")


def test_a_killed_live_never_refuses_a_connection(tiny: Tiny) -> None:
    (tiny.folder / "ready").touch()
    assert tiny.read_line() == "READY"
    port = int((tiny.folder / "port").read_text())
    pid = tiny.pid("live")
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid))
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET /readyz HTTP/1.1\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_a_program_that_never_starts_well_ends_the_start_with_a_line(
    tmp_path: Path, start_tiny: Callable[[], Tiny]
) -> None:
    (tmp_path / "broken").touch()
    system = start_tiny()
    _, said = system.process.communicate(timeout=30)
    assert system.process.returncode == 1
    assert "worker ended 5 times (exit code 3) before it was ready" in said
