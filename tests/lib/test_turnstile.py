from __future__ import annotations

import fcntl
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bitp.lib.turnstile import PLACES, Turnstile, TurnstileBusy, TurnstileReentered
from tests.waiting import is_alive, wait_for

SHORT_S = 0.2
# How much later than its limit a wait may end on a busy machine.
LATE_S = 5.0
VISITOR = Path(__file__).with_name("turnstile_visitor.py")


class Visitor:
    """Another process that enters and leaves when told."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, VISITOR, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.read()

    def tell(self, step: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(step.encode() + b"\n")
        self.process.stdin.flush()

    def read(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().decode().strip()

    def do(self, step: str) -> str:
        self.tell(step)
        return self.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bitp.sqlite3"


@pytest.fixture
def visit(path: Path) -> Iterator[Callable[[], Visitor]]:
    visitors: list[Visitor] = []

    def make() -> Visitor:
        visitors.append(Visitor(path))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.end()


@contextmanager
def passing(path: Path, wait_limit_s: float = 10) -> Iterator[Turnstile]:
    turnstile = Turnstile(path, wait_limit_s)
    turnstile.enter()
    yield turnstile
    turnstile.close()


def is_locked(file: str) -> bool:
    descriptor = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def is_taken(path: Path) -> bool:
    return is_locked(f"{path}.turn0")


def is_head_taken(path: Path) -> bool:
    """Whether somebody stands before the one who is inside."""
    return is_locked(f"{path}.turn1")


def threads_that_stand() -> list[threading.Thread]:
    """Threads of ours that keep a place for somebody, or for one who gave up."""
    return [thread for thread in threading.enumerate() if thread.name == "turnstile"]


def assert_free(path: Path) -> None:
    with passing(path) as turnstile:
        assert turnstile.is_inside


def test_threads_and_processes_pass_one_at_a_time(path: Path, tmp_path: Path) -> None:
    count = tmp_path / "count"
    count.write_text("0")
    lines = (
        "import sys, threading; from pathlib import Path",
        "from bitp.lib.turnstile import Turnstile",
        "def add():",
        "    turnstile, count = Turnstile(Path(sys.argv[1])), Path(sys.argv[2])",
        "    for _ in range(100):",
        "        turnstile.enter()",
        "        count.write_text(str(int(count.read_text()) + 1))",
        "        turnstile.leave()",
        "threads = [threading.Thread(target=add) for _ in range(2)]",
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(path), str(count)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert count.read_text() == "600"


def test_who_comes_back_stands_behind_who_was_waiting(
    path: Path, visit: Callable[[], Visitor]
) -> None:
    alice, bob = visit(), visit()
    alice.do("enter")
    bob.tell("enter")
    wait_for(lambda: is_head_taken(path), what="Bob stands at the head")
    alice.do("leave")
    alice.tell("enter")
    assert bob.read() == "enter"
    assert is_taken(path)
    bob.do("leave")
    assert alice.read() == "enter"


def test_the_wait_has_a_limit_and_the_next_try_works(
    path: Path, visit: Callable[[], Visitor]
) -> None:
    alice = visit()
    alice.do("enter")
    turnstile = Turnstile(path, SHORT_S)
    started = time.monotonic()
    with pytest.raises(TurnstileBusy, match=r"no turn at bitp\.sqlite3 within 0\.2 s"):
        turnstile.enter()
    assert SHORT_S <= time.monotonic() - started < SHORT_S + LATE_S
    assert not turnstile.is_inside
    alice.do("leave")
    wait_for(lambda: not threads_that_stand())
    turnstile.enter()
    turnstile.leave()
    turnstile.close()


def test_the_limit_holds_behind_another_who_waits(path: Path, visit: Callable[[], Visitor]) -> None:
    alice, bob = visit(), visit()
    alice.do("enter")
    bob.tell("enter")
    wait_for(lambda: is_head_taken(path))
    turnstile = Turnstile(path, SHORT_S)
    for _ in range(3):
        started = time.monotonic()
        with pytest.raises(TurnstileBusy, match=r"no turn at bitp\.sqlite3 within 0\.2 s"):
            turnstile.enter()
        assert time.monotonic() - started < SHORT_S + LATE_S
    assert len(threads_that_stand()) == 1, "each try kept the place of the one before"
    alice.do("leave")
    bob.read()
    bob.do("leave")
    wait_for(lambda: not threads_that_stand(), what="the place was handed back")
    assert_free(path)
    turnstile.enter()
    turnstile.close()


def test_a_place_can_be_reclaimed_by_the_next_try(path: Path, visit: Callable[[], Visitor]) -> None:
    alice, bob = visit(), visit()
    alice.do("enter")
    bob.tell("enter")
    wait_for(lambda: is_head_taken(path))
    turnstile = Turnstile(path, SHORT_S)
    with pytest.raises(TurnstileBusy):
        turnstile.enter()
    turnstile.wait_limit_s = 60
    alice.do("leave")
    bob.read()
    bob.tell("leave")
    turnstile.enter()
    assert turnstile.is_inside
    turnstile.close()
    assert_free(path)


def test_a_closed_turnstile_gives_its_place_up(path: Path, visit: Callable[[], Visitor]) -> None:
    alice, bob = visit(), visit()
    alice.do("enter")
    bob.tell("enter")
    wait_for(lambda: is_head_taken(path))
    turnstile = Turnstile(path, SHORT_S)
    with pytest.raises(TurnstileBusy):
        turnstile.enter()
    turnstile.close()
    alice.do("leave")
    bob.read()
    bob.do("leave")
    wait_for(lambda: not is_head_taken(path), what="nobody stands there any more")
    assert_free(path)


def test_a_killed_holder_lets_the_next_one_in(path: Path, visit: Callable[[], Visitor]) -> None:
    mallory = visit()
    mallory.do("enter")
    assert is_taken(path)
    mallory.kill()
    assert_free(path)


def test_a_killed_waiter_leaves_no_gap(path: Path, visit: Callable[[], Visitor]) -> None:
    alice, mallory, bob = visit(), visit(), visit()
    alice.do("enter")
    mallory.tell("enter")
    wait_for(lambda: is_head_taken(path))
    bob.tell("enter")
    mallory.kill()
    alice.do("leave")
    assert bob.read() == "enter"


def test_a_frozen_waiter_holds_others_up_no_longer_than_their_limit(
    path: Path, visit: Callable[[], Visitor]
) -> None:
    alice, mallory = visit(), visit()
    alice.do("enter")
    mallory.tell("enter")
    wait_for(lambda: is_head_taken(path))
    mallory.process.send_signal(signal.SIGSTOP)
    turnstile = Turnstile(path, SHORT_S)
    with pytest.raises(TurnstileBusy):
        turnstile.enter()
    mallory.process.send_signal(signal.SIGCONT)
    alice.do("leave")
    assert mallory.read() == "enter"
    mallory.do("leave")
    wait_for(lambda: not threads_that_stand())
    turnstile.enter()
    turnstile.close()


def test_entering_twice_is_refused_instead_of_waiting_for_oneself(
    path: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").symlink_to(tmp_path)
    other = Turnstile(tmp_path / "elsewhere" / path.name)
    with passing(path) as turnstile:
        for again in (turnstile, Turnstile(path), other):
            with pytest.raises(TurnstileReentered):
                again.enter()
        assert turnstile.is_inside
    assert_free(path)


def test_another_database_has_another_turnstile(path: Path, tmp_path: Path) -> None:
    with passing(path), passing(tmp_path / "other.sqlite3"):
        assert is_taken(path)


def test_leaving_without_having_entered_is_a_mistake(path: Path) -> None:
    with pytest.raises(AssertionError):
        Turnstile(path).leave()


def test_a_forked_child_neither_is_inside_nor_lets_others_in(path: Path) -> None:
    with passing(path) as turnstile:
        child = os.fork()
        if child == 0:
            os._exit(10 + turnstile.is_inside)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 10
        assert turnstile.is_inside
        assert is_taken(path)
    assert_free(path)


def test_a_killed_holder_lets_the_next_one_in_while_its_child_lives(
    path: Path, visit: Callable[[], Visitor]
) -> None:
    mallory = visit()
    mallory.do("enter")
    child = int(mallory.do("fork"))
    mallory.kill()
    assert_free(path)
    assert is_alive(child)


def test_a_thread_that_ends_without_closing_lets_the_next_one_in(path: Path) -> None:
    thread = threading.Thread(target=lambda: Turnstile(path).enter())
    thread.start()
    thread.join()
    gc.collect()
    assert_free(path)


def test_its_files_are_private_and_closed_with_it(path: Path) -> None:
    with passing(path):
        files = [Path(f"{path}.turn{place}") for place in range(PLACES)]
        assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
        assert len(open_files_of(path)) in {0, PLACES}
    assert open_files_of(path) == []


def open_files_of(path: Path) -> list[str]:
    """Our descriptors of the turnstile's files, where the system shows them."""
    links = Path("/proc/self/fd").iterdir() if sys.platform == "linux" else []
    targets = [str(link.readlink()) for link in links if link.is_symlink()]
    return [target for target in targets if target.startswith(str(path))]


def test_a_folder_that_cannot_be_used_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        Turnstile(tmp_path / "missing" / "bitp.sqlite3").enter()


def test_without_a_thread_to_wait_with_no_place_is_kept(
    path: Path, visit: Callable[[], Visitor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    alice = visit()
    alice.do("enter")
    turnstile = Turnstile(path)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(OSError, match="no thread to wait with"):
            turnstile.enter()
    assert not is_head_taken(path)
    alice.do("leave")
    turnstile.enter()
    turnstile.close()


def test_an_interrupted_wait_keeps_no_place(path: Path, visit: Callable[[], Visitor]) -> None:
    alice = visit()
    alice.do("enter")
    turnstile = Turnstile(path)
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, SHORT_S)
    with pytest.raises(KeyboardInterrupt):
        turnstile.enter()
    signal.signal(signal.SIGALRM, previous)
    assert not turnstile.is_inside
    alice.do("leave")
    wait_for(lambda: not threads_that_stand())
    assert_free(path)
    turnstile.enter()
    turnstile.close()
