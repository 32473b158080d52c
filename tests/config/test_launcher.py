"""./bitp on a fresh machine: any folder, any caller, any interruption."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from bitp.config.commands import COMMANDS, ELSEWHERE, PARTS
from tests.waiting import wait_for

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = """
import json, os, sys
print(json.dumps({"arguments": sys.argv[1:], "python": sys.prefix, "cwd": os.getcwd()}))
sys.exit(7 if "fail" in sys.argv else 0)
"""
# What the launcher may use besides a Python.
TOOLS = ("sh", "cmp", "readlink")


def make_checkout(folder: Path) -> Path:
    """A checkout in a folder with spaces and Chinese, with no packages to install and a command
    line that tells how it was called."""
    root = folder / "a folder of 王伟"
    config = root / "src" / "bitp" / "config"
    (config / "commands").mkdir(parents=True)
    shutil.copy(ROOT / "bitp", root / "bitp")
    shutil.copy(ROOT / "src" / "bitp" / "config" / "set_up.py", config / "set_up.py")
    for package in (config.parent, config, config / "commands"):
        (package / "__init__.py").touch()
    (config / "commands" / "__main__.py").write_text(STAND_IN)
    (root / "requirements.lock").touch()
    (root / "requirements-test.lock").touch()
    return root


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Nothing is set up yet."""
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up; a test must not change it."""
    root = make_checkout(tmp_path_factory.mktemp("ready"))
    assert start(root / "bitp").returncode == 0
    return root


def start(
    launcher: Path, *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [launcher, *arguments],
        cwd=cwd,
        env={**os.environ, "BITP_PYTHON": sys.executable, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def was_called_with(done: subprocess.CompletedProcess[str]) -> Sequence[str]:
    assert done.returncode == 0, done.stderr
    arguments: list[str] = json.loads(done.stdout)["arguments"]
    return arguments


def test_a_first_start_sets_up_and_the_next_one_is_instant(checkout: Path, tmp_path: Path) -> None:
    link = tmp_path / "link to it"
    link.symlink_to(checkout / "bitp")
    first = start(link, "demo", "--data", "my data", cwd=tmp_path)
    assert was_called_with(first) == ["demo", "--data", "my data"]
    called = json.loads(first.stdout)
    assert Path(called["python"]) == checkout / ".venv"
    assert Path(called["cwd"]) == tmp_path
    assert "setting up, only this once" in first.stderr

    began = time.monotonic()
    second = start(checkout / "bitp", "doctor", cwd=Path("/"))
    print(f"warm start: {1000 * (time.monotonic() - began):.0f} ms")
    assert was_called_with(second) == ["doctor"]
    assert second.stderr == ""


def test_the_exit_code_and_the_callers_folder_are_kept(ready: Path, tmp_path: Path) -> None:
    assert was_called_with(start(ready / "bitp")) == []
    assert start(ready / "bitp", "fail").returncode == 7
    # A file beside the caller must not be taken for a module of ours.
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    assert was_called_with(start(ready / "bitp", "x", cwd=tmp_path)) == ["x"]


def test_a_relative_link_is_followed(ready: Path) -> None:
    (ready.parent / "bin").mkdir()
    (ready.parent / "bin" / "bitp").symlink_to(f"../{ready.name}/bitp")
    assert was_called_with(start(ready.parent / "bin" / "bitp", "a b")) == ["a b"]


def test_another_lock_is_installed_and_the_tests_have_their_own(checkout: Path) -> None:
    start(checkout / "bitp")
    (checkout / "requirements.lock").write_text("# another\n")
    changed = start(checkout / "bitp")
    assert "installing the packages of requirements.lock" in changed.stderr
    assert start(checkout / "bitp").stderr == ""
    tests = start(checkout / "bitp", "test")
    assert "installing the packages of requirements-test.lock" in tests.stderr
    assert start(checkout / "bitp", "test").stderr == ""
    assert start(checkout / "bitp").stderr == ""


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_installs_nothing(checkout: Path, flag: str) -> None:
    for before in (None, "set up, but not for the tests"):
        if before:
            start(checkout / "bitp")
        told = start(checkout / "bitp", "test", flag)
        assert was_called_with(told) == ["test", flag]
        assert told.stderr == ""
        assert (checkout / ".venv").exists() == bool(before)
        assert not (checkout / ".venv" / "bitp" / "requirements-test.lock").exists()


def test_every_commands_help_needs_no_package(tmp_path: Path) -> None:
    root = tmp_path / "fresh"
    ours = shutil.ignore_patterns("__pycache__", "web", "locale")
    shutil.copytree(ROOT / "src", root / "src", ignore=ours)
    shutil.copy(ROOT / "bitp", root / "bitp")
    for name in sorted({**COMMANDS, **PARTS}.keys() - ELSEWHERE.keys()):
        told = start(root / "bitp", name, "--help")
        assert told.stdout.startswith(f"usage: bitp {name}"), (name, told.stderr)
    assert not (root / ".venv").exists()


def test_a_package_without_the_right_hash_is_refused(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("django==5.2.19\n")
    refused = start(checkout / "bitp", PIP_NO_INDEX="1")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("bitp: packages could not be installed: ")
    assert refused.stdout == ""


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)]
)
def test_an_interrupted_set_up_is_done_again(checkout: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [checkout / "bitp"],
        env={**os.environ, "BITP_PYTHON": sys.executable},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as begun:
        wait_for((checkout / ".venv" / "pyvenv.cfg").exists)
        begun.send_signal(number)
    assert begun.returncode != 0
    assert not (checkout / ".venv" / "bitp" / "root").exists()
    assert was_called_with(start(checkout / "bitp", "x")) == ["x"]


@pytest.mark.slow
def test_a_moved_folder_is_set_up_anew(checkout: Path) -> None:
    start(checkout / "bitp")
    moved = checkout.rename(checkout.parent / "moved")
    done = start(moved / "bitp", "x")
    assert was_called_with(done) == ["x"]
    assert Path(json.loads(done.stdout)["python"]) == moved / ".venv"


@pytest.mark.slow
def test_first_starts_at_the_same_time_set_up_once(checkout: Path) -> None:
    begun = [
        subprocess.Popen(
            [checkout / "bitp", str(number)],
            env={**os.environ, "BITP_PYTHON": sys.executable},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    ends = [process.communicate(timeout=100) for process in begun]
    assert [json.loads(out)["arguments"] for out, _ in ends] == [["0"], ["1"], ["2"]]
    assert sum("setting up" in said and "set up in" in said for _, said in ends) == 1


def path_with(folder: Path, name: str, script: str) -> str:
    """A PATH with the launcher's tools and one program ``name`` that is this shell script."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    if script:
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("", "Python 3.11 or newer is needed and was not found"),
        ("exit 3", "Python 3.11 or newer is needed and was not found"),
        ("exit 127", "Python 3.11 or newer is needed and was not found"),
        ('case "$*" in *ensurepip*) exit 4 ;; *) echo 3.11 ;; esac', "Python 3.11"),
    ],
    ids=["none", "too old", "a shim that leads nowhere", "without venv"],
)
def test_a_machine_without_a_fit_python_gets_one_clear_line(
    checkout: Path, tmp_path: Path, script: str, expected: str
) -> None:
    path = path_with(tmp_path / "bin", "python3", script)
    refused = start(checkout / "bitp", "demo", PATH=path, BITP_PYTHON="")
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert len(refused.stderr.splitlines()) == 1
    assert refused.stderr.startswith(f"bitp: {expected}")
    assert not (checkout / ".venv").exists()


def test_the_missing_venv_support_is_named(checkout: Path, tmp_path: Path) -> None:
    script = 'case "$*" in *ensurepip*) exit 4 ;; *) echo 3.12 ;; esac'
    path = path_with(tmp_path / "bin", "python3.12", script)
    refused = start(checkout / "bitp", PATH=path, BITP_PYTHON="")
    on_debian = Path("/etc/debian_version").exists()
    expected = "apt install python3.12-venv" if on_debian else "venv and ensurepip"
    assert expected in refused.stderr


def test_a_python_with_venv_is_preferred_to_a_newer_one_without(
    checkout: Path, tmp_path: Path
) -> None:
    path = path_with(tmp_path / "bin", "python3.13", "exit 4")
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    assert was_called_with(start(checkout / "bitp", "x", PATH=path, BITP_PYTHON="")) == ["x"]


def test_a_named_python_that_does_not_fit_is_named_in_the_line(checkout: Path) -> None:
    refused = start(checkout / "bitp", BITP_PYTHON="/no/such/python")
    assert refused.returncode == 1
    assert "/no/such/python" in refused.stderr


def test_a_folder_that_cannot_be_written_to_gets_one_clear_line(checkout: Path) -> None:
    (checkout / ".bitp").touch()  # in the way of the folder; root may write anywhere else
    refused = start(checkout / "bitp")
    assert refused.returncode == 1
    assert refused.stderr.startswith("bitp: cannot write to")
    assert len(refused.stderr.splitlines()) == 1
