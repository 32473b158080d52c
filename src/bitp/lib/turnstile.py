"""A fair lock between processes and threads: whoever came first is next.

SQLite's own wait for its write lock is a race that a busy writer keeps winning. Here locked files
order the writers: one takes the lock before it, and only then lets go of the one behind it. A
writer that has just finished thus finds the next ones already standing, and has to queue behind
them. The kernel releases the locks of a process that dies.

The kernel wakes all who wait for one file at once, and any of them may be the first to take it.
So there is a row of files: with n of them, the n writers in front pass in the order of arrival,
and only the last file is a race.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
import weakref
from pathlib import Path

# Longer than any honest transaction, shorter than a person's patience with a page.
WAIT_LIMIT_S = 10.0
# Enough for live, worker and a few requests at once; each costs two system calls per passage.
PLACES = 4
# The files are part of the database: nobody else needs to open them.
FILE_MODE = 0o600

_turnstiles: weakref.WeakSet[Turnstile] = weakref.WeakSet()
# Which of our threads is inside, by path. Other processes are seen only through the files.
_inside: dict[Path, int] = {}


class TurnstileBusy(Exception):
    """Nobody let us through within the limit."""

    code = "turnstile_busy"


class TurnstileReentered(RuntimeError):
    """The thread that waits is the one that is inside: it would wait for itself."""

    code = "turnstile_reentered"


class Turnstile:
    """One way through for ``path`` (a database), for one connection; not shared by threads.

    Its files stand beside the database and are opened when first needed.
    """

    def __init__(self, path: Path, wait_limit_s: float = WAIT_LIMIT_S) -> None:
        self.path = Path(os.path.realpath(path))
        self.wait_limit_s = wait_limit_s
        self.is_inside = False
        self._row: _Row | None = None
        _turnstiles.add(self)

    def enter(self) -> None:
        """Waits for its turn; raises TurnstileBusy after ``wait_limit_s``, OSError if unusable."""
        if self.is_inside or _inside.get(self.path) == threading.get_ident():
            raise TurnstileReentered(f"this thread already holds the turnstile of {self.path}")
        if self._row is None:
            self._row = _Row(self.path)
        if not self._row.pass_through(time.monotonic() + self.wait_limit_s):
            raise TurnstileBusy(f"no turn at {self.path.name} within {self.wait_limit_s:g} s")
        self.is_inside = True
        _inside[self.path] = threading.get_ident()

    def leave(self) -> None:
        """Lets the next one in."""
        assert self._row, "left a turnstile without having entered"
        assert self.is_inside, "left a turnstile without having entered"
        self.is_inside = False
        _inside.pop(self.path, None)
        self._row.go_back()

    def close(self) -> None:
        """Leaves if inside, and closes the files."""
        if self.is_inside:
            self.leave()
        if self._row:
            self._row.close()
            self._row = None

    def forget(self) -> None:
        """In a child after fork: closes without unlocking, for the locks are the parent's."""
        self.is_inside = False
        if self._row:
            self._row.close_files()
            self._row = None

    def __del__(self) -> None:
        # A thread that ends takes its connection along without closing it.
        self.close()


class _Row:
    """The files in the order in which they are passed; the last one is the way through.

    Where one is taken, a thread sleeps in the kernel for it, since polling is not fair. The
    kernel cannot be told to stop waiting, so the thread may outlast the try it was started for:
    then the owner's next try finds it further on, or it goes back as soon as it is through.
    """

    def __init__(self, path: Path) -> None:
        self._files = [_open(f"{path}.turn{place}") for place in reversed(range(PLACES))]
        self._passed = 0
        self._lock = threading.Lock()
        self._is_walking = False
        self._is_wanted = False
        self._is_closed = False
        self._is_through = threading.Event()

    def pass_through(self, deadline_s: float) -> bool:
        """Whether the end was reached in time; only then the last file is locked by us."""
        with self._lock:
            self._is_wanted = True
            if not self._is_walking and self._hurry():
                return True
        try:
            self._is_through.wait(max(0.0, deadline_s - time.monotonic()))
        except BaseException:
            self._give_up()
            raise
        return self._give_up_unless_through()

    def go_back(self) -> None:
        """Unlocks the file last passed, if any."""
        passed, self._passed = self._passed, 0
        if passed:
            fcntl.flock(self._files[passed - 1], fcntl.LOCK_UN)

    def close(self) -> None:
        """Closes the files, now or when the thread no longer needs them."""
        with self._lock:
            self._is_wanted = False
            self._is_closed = True
            if not self._is_walking:
                self.close_files()

    def close_files(self) -> None:
        files, self._files = self._files, []
        for file in files:
            os.close(file)

    def _hurry(self) -> bool:
        """Passes what is free; whether that was everything. Otherwise a thread walks on."""
        try:
            while self._passed < PLACES:
                self._step(fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._start_walking()
            return False
        return True

    def _step(self, how: int) -> None:
        fcntl.flock(self._files[self._passed], how)
        if self._passed:
            fcntl.flock(self._files[self._passed - 1], fcntl.LOCK_UN)
        self._passed += 1

    def _start_walking(self) -> None:
        self._is_through.clear()
        try:
            threading.Thread(target=self._walk, name="turnstile", daemon=True).start()
        except RuntimeError as error:
            self.go_back()
            raise OSError("no thread to wait with") from error
        self._is_walking = True

    def _walk(self) -> None:
        try:
            while self._passed < PLACES:
                self._step(fcntl.LOCK_EX)
        finally:
            with self._lock:
                self._stop_walking()

    def _stop_walking(self) -> None:
        self._is_walking = False
        if self._is_wanted and self._passed == PLACES:
            self._is_through.set()
        else:
            self.go_back()
        if self._is_closed:
            self.close_files()

    def _give_up_unless_through(self) -> bool:
        with self._lock:
            self._is_wanted = self._is_through.is_set()
            return self._is_wanted

    def _give_up(self) -> None:
        if self._give_up_unless_through():
            self.go_back()


def _open(file: str) -> int:
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)


def _after_fork() -> None:
    _inside.clear()
    for turnstile in list(_turnstiles):
        turnstile.forget()


os.register_at_fork(after_in_child=_after_fork)
