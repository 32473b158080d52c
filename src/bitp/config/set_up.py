"""Makes the private Python environment in .venv, then becomes the command line.

Run by the launcher with whatever Python the machine has: standard library only. A file lock
makes concurrent first starts wait for each other; package installers hold it too, so that even
one whose parent was killed is waited for. `.venv/bitp/root` is written last: without it the
next start begins anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

LOCKS = ("requirements.lock", "requirements-test.lock")
FAILED = 1


class SetUpFailed(Exception):
    """One line that says what to do."""


def say(line: str) -> None:
    """One line for whoever watches; the supervisor says its own by it too."""
    print(f"bitp: {line}", file=sys.stderr, flush=True)  # noqa: T201


def set_up(root: Path, lock: str) -> None:
    """Brings ``root/.venv`` to what ``lock`` says; raises SetUpFailed."""
    try:
        (root / ".bitp").mkdir(exist_ok=True)
        guard = os.open(root / ".bitp" / "set-up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise SetUpFailed(f"cannot write to {root}: {error.strerror}") from error
    wait_for_turn(guard)
    if not is_set_up(root, lock):
        build(root, lock, guard)
    os.close(guard)


def wait_for_turn(guard: int) -> None:
    """Takes the lock, saying so when another start has it."""
    try:
        fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another start is setting up; waiting for it")
        fcntl.flock(guard, fcntl.LOCK_EX)


def is_set_up(root: Path, lock: str) -> bool:
    """Whether a set-up for this folder was finished with exactly this lock."""
    state = root / ".venv" / "bitp"
    return (
        was_finished(root)
        and (state / lock).exists()
        and (state / lock).read_bytes() == (root / lock).read_bytes()
    )


def was_finished(root: Path) -> bool:
    """Whether some set-up for this folder was finished and its Python still runs."""
    mark = root / ".venv" / "bitp" / "root"
    python = root / ".venv" / "bin" / "python"
    is_ours = mark.exists() and mark.read_bytes() == os.fsencode(f"{root}\n")
    return is_ours and os.access(python, os.X_OK)


def build(root: Path, lock: str, guard: int) -> None:
    """Creates or updates the environment."""
    started = time.monotonic()
    environment = root / ".venv"
    if not was_finished(root):
        create(environment, guard)
    state = environment / "bitp"
    state.mkdir(exist_ok=True)
    (state / "root").unlink(missing_ok=True)
    install(environment, root / lock, guard)
    for each in LOCKS if lock == "requirements-test.lock" else [lock]:
        shutil.copyfile(root / each, state / each)
    name_sources(environment, root)
    (state / "root").write_bytes(os.fsencode(f"{root}\n"))
    say(f"set up in {time.monotonic() - started:.0f} s")


def create(environment: Path, guard: int) -> None:
    """A new environment in place of what an interrupted set-up left."""
    say(f"setting up, only this once, with Python {sys.version.split()[0]}")
    shutil.rmtree(environment, ignore_errors=True)
    made = run([sys.executable, "-I", "-m", "venv", str(environment)], guard)
    if made.returncode:
        raise SetUpFailed(f"Python could not make {environment}: {last_line(made)}")


def install(environment: Path, lock: Path, guard: int) -> None:
    """The packages of ``lock``, each checked against its hashes."""
    say(f"installing the packages of {lock.name}")
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes"]
    python = str(environment / "bin" / "python")
    done = run([python, "-I", "-m", "pip", "install", *options, "-r", str(lock)], guard)
    if done.returncode:
        raise SetUpFailed(f"packages could not be installed: {last_line(done)}")


def name_sources(environment: Path, root: Path) -> None:
    """Lets the environment's Python import the sources where they stand."""
    for packages in environment.glob("lib/python*/site-packages"):
        (packages / "bitp-sources.pth").write_bytes(os.fsencode(f"{root / 'src'}\n"))


def run(command: list[str], guard: int) -> subprocess.CompletedProcess[str]:
    """Runs ``command``, which keeps the lock held while it lives."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        pass_fds=[guard],
    ) as process:
        try:
            output, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """The line of a failed program's output that says most."""
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")]
    return (errors or lines or [f"exit code {done.returncode}"])[-1]


def stop(signum: int, _frame: object) -> None:
    """Ends the set-up as an error, so that what it started is ended too."""
    raise SystemExit(128 + signum)


def main(arguments: list[str]) -> None:
    """Takes the project's folder, the lock's name and the command's own arguments."""
    root, lock, *rest = arguments
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    try:
        set_up(Path(root), lock)
    except SetUpFailed as failure:
        say(str(failure))
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
    python = str(Path(root) / ".venv" / "bin" / "python")
    os.execv(python, [python, "-P", "-m", "bitp.config.commands", *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
