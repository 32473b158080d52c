"""The whole system as a person starts it: `demo`, its port, its folder, its end."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bitp.lib.control import ask_supervisor
from tests.waiting import is_alive, is_dead, wait_for

NAMES = ("web", "live", "worker")
BITP = (sys.executable, "-P", "-m", "bitp.config.commands")


def variables(database_url: str = "") -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BITP_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, **({"BITP_DATABASE_URL": database_url} if database_url else {})}


class Demo:
    """One running demo."""

    def __init__(self, process: subprocess.Popen[str], lines: list[str], data: Path) -> None:
        self.process = process
        self.lines = lines
        self.data = data
        self.port = int(lines[-1].rpartition(":")[2])

    def processes(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.ask({"status": True})["processes"]
        return found

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        return ask_supervisor(str(self.data / "run" / "control.sock"), request)

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()


def start(*arguments: str, **more: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*BITP, "demo", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def read_until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.startswith("READY "):
            return lines
    raise AssertionError(f"never ready: {process.communicate()[1]}")


@contextmanager
def running(data: Path, *arguments: str, database_url: str = "") -> Iterator[Demo]:
    process = start("--data", str(data), *arguments, env=variables(database_url))
    try:
        yield Demo(process, read_until_ready(process), data)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """One on SQLite for the tests that change nothing."""
    with running(tmp_path_factory.mktemp("demo") / "data") as system:
        yield system


@pytest.mark.once
def test_it_says_where_to_go_and_who_to_be(demo: Demo) -> None:
    said = "\n".join(demo.lines)
    assert demo.lines[-1] == f"READY http://localhost:{demo.port}"
    assert f"http://localhost:{demo.port}/demo" in said
    assert "carol@staff.example.com" in said
    assert demo.get("/readyz")[0] == 200
    assert demo.get("/")[0] == 200
    assert demo.get("/demo")[0] == 200


@pytest.mark.once
def test_nothing_it_writes_can_be_read_by_others(demo: Demo) -> None:
    open_to_others = [
        str(path)
        for path in [demo.data, *demo.data.rglob("*")]
        if stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    assert open_to_others == []
    assert len((demo.data / "secret-key").read_text()) >= 50


@pytest.mark.once
def test_a_second_start_on_the_same_folder_is_refused(demo: Demo) -> None:
    before = demo.processes()
    refused = start("--data", str(demo.data), "--fresh", env=variables())
    _, said = refused.communicate(timeout=20)
    assert refused.returncode == 1
    assert said == f"bitp: {demo.data} is in use by process {demo.process.pid}; stop it first\n"
    assert demo.processes() == before
    assert demo.get("/readyz")[0] == 200


@pytest.mark.once
def test_a_taken_port_gets_one_clear_line(demo: Demo, tmp_path: Path) -> None:
    refused = subprocess.run(
        [*BITP, "demo", "--port", str(demo.port), "--data", str(tmp_path)],
        env=variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr == (
        f"bitp: port {demo.port} on 127.0.0.1 is taken by another program; choose another port\n"
    )


@pytest.mark.once
def test_it_listens_on_this_machine_alone(demo: Demo) -> None:
    addresses = {
        each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    }
    for address in addresses - {"127.0.0.1", "127.0.1.1"}:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((str(address), demo.port), timeout=2)


@pytest.mark.once
def test_the_memory_of_the_whole_tree_stays_small(demo: Demo) -> None:
    from bitp.config.bench.running import tree_rss_bytes

    rss = tree_rss_bytes(demo.process.pid)
    print(f"{rss / 1e6:.0f} MB")
    assert rss <= 350_000_000


def test_a_killed_part_comes_back_and_no_request_is_refused(
    tmp_path: Path, database_url: str
) -> None:
    with running(tmp_path / "data", database_url=database_url) as system:
        for killed, name in enumerate(NAMES, start=1):
            kill_and_see_it_back(system, name)
            restarts = {name: each["restarts"] for name, each in system.processes().items()}
            assert restarts == {name: int(name in NAMES[:killed]) for name in NAMES}


def kill_and_see_it_back(system: Demo, name: str) -> None:
    pid = system.processes()[name]["pid"]
    assert system.ask({"kill": name}) == {"killed": name, "pid": pid}
    wait_for(partial(is_dead, pid))
    assert system.get("/healthz")[0] == 200
    wait_for(lambda: system.processes()[name]["pid"] not in {None, pid})
    wait_for(lambda: system.get("/readyz")[0] == 200)


@pytest.mark.once
def test_a_stopped_demo_leaves_its_folder_and_starts_from_it_again(
    tmp_path: Path, prepared: Path
) -> None:
    data = shutil.copytree(prepared, tmp_path / "kept")
    with running(data) as system:
        pids = [each["pid"] for each in system.processes().values()]
    assert system.process.returncode == 0
    assert not any(is_alive(pid) for pid in pids)
    key = (data / "secret-key").read_text()
    with running(data):
        assert (data / "secret-key").read_text() == key
    with running(data, "--fresh"):
        assert (data / "secret-key").read_text() != key


@pytest.mark.once
def test_a_folder_of_somebody_else_is_not_emptied(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = start("--data", str(tmp_path), "--fresh", env=variables())
    _, said = refused.communicate(timeout=20)
    assert refused.returncode == 1
    assert said == f"bitp: {tmp_path} is not a data folder of BitP; nothing was removed\n"
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.once
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_without_data_nothing_is_left_behind(tmp_path: Path, number: signal.Signals) -> None:
    process = start(env={**variables(), "TMPDIR": str(tmp_path)})
    read_until_ready(process)
    assert [each.name[:10] for each in tmp_path.iterdir()] == ["bitp-demo-"]
    process.send_signal(number)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once
def test_a_stop_during_the_preparation_leaves_nothing_behind(tmp_path: Path) -> None:
    process = start(env={**variables(), "TMPDIR": str(tmp_path)})
    wait_for(lambda: list(tmp_path.glob("bitp-demo-*/bitp.sqlite3")))
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode != 0
    wait_for(lambda: not list(tmp_path.iterdir()))


@pytest.mark.once
def test_a_very_long_folder_still_has_its_local_sockets(tmp_path: Path, prepared: Path) -> None:
    data = shutil.copytree(prepared, tmp_path / ("long" * 20) / ("longer" * 10))
    process = start("--data", str(data), env=variables())
    assert read_until_ready(process)
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.mark.once
def test_json_says_everything_on_one_line(tmp_path: Path, prepared: Path) -> None:
    data = shutil.copytree(prepared, tmp_path / "data")
    process = start("--json", "--data", str(data), env=variables())
    assert process.stdout is not None
    said = json.loads(process.stdout.readline())
    process.terminate()
    rest, _ = process.communicate(timeout=20)
    assert said["ready"].startswith("http://localhost:")
    assert said["pages"]["/demo"] == said["ready"] + "/demo"
    assert any(person["email"] == "alice@example.com" for person in said["people"])
    assert rest == ""
