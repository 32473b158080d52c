"""A fair lock between processes and threads: whoever came first is next.

SQLite's own wait for its write lock is a race that a busy writer keeps winning. Here two locked
files order the writers: one waits its turn on *queue*, takes *write*, and lets go of *queue*
only then. A writer that has just finished therefore finds the next one already standing before
*write*, and has to queue behind it. The kernel releases both when a process dies.
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
# Only the head of the queue polls, so this costs one sleeping thread per database, not per waiter.
POLL_S = 0.0001
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
        self._queue = -1
        self._write = -1
        self._place: _Place | None = None
        _turnstiles.add(self)

    def enter(self) -> None:
        """Waits for its turn; raises TurnstileBusy after ``wait_limit_s``, OSError if unusable."""
        self._check_not_inside()
        self._open()
        deadline_s = time.monotonic() + self.wait_limit_s
        self._reach_head(deadline_s)
        try:
            self._pass(deadline_s)
        finally:
            fcntl.flock(self._queue, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Lets the next one in."""
        assert self.is_inside, "left a turnstile without having entered"
        self.is_inside = False
        _inside.pop(self.path, None)
        fcntl.flock(self._write, fcntl.LOCK_UN)

    def close(self) -> None:
        """Leaves if inside, and closes the files."""
        if self.is_inside:
            self.leave()
        if self._place:
            self._place.give_up()
            self._place = None
        self._close_files()

    def __del__(self) -> None:
        # A thread that ends takes its connection along without closing it.
        self.close()

    def _check_not_inside(self) -> None:
        if self.is_inside or _inside.get(self.path) == threading.get_ident():
            raise TurnstileReentered(f"this thread already holds the turnstile of {self.path}")

    def _open(self) -> None:
        if self._queue < 0:
            self._queue = _open(self.path, ".queue")
        if self._write < 0:
            self._write = _open(self.path, ".write")

    def _reach_head(self, deadline_s: float) -> None:
        if self._place is None or not self._place.reclaim():
            if _try_lock(self._queue):
                return
            self._place = _Place(self._queue)
        if not self._place.wait(deadline_s):
            raise TurnstileBusy(f"no turn at {self.path.name} within {self.wait_limit_s:g} s")
        self._place = None

    def _pass(self, deadline_s: float) -> None:
        while not _try_lock(self._write):
            if time.monotonic() >= deadline_s:
                raise TurnstileBusy(f"{self.path.name} stayed taken for {self.wait_limit_s:g} s")
            time.sleep(POLL_S)
        self.is_inside = True
        _inside[self.path] = threading.get_ident()

    def forget(self) -> None:
        """In a child after fork: closes without unlocking, for the locks are the parent's."""
        self.is_inside = False
        if self._place:
            self._place.forget()
            self._place = None
        self._close_files()

    def _close_files(self) -> None:
        queue, self._queue = self._queue, -1
        write, self._write = self._write, -1
        _close(queue)
        _close(write)


class _Place:
    """A place in the queue, kept by a thread that sleeps in the kernel: polling is not fair.

    The kernel cannot be told to stop waiting, so a place may outlast the try it was taken for:
    then the owner's next try reclaims it, or it is handed back the moment it comes up.
    """

    def __init__(self, queue: int) -> None:
        # A descriptor of its own for the same lock: the owner may close the other at any time.
        self._descriptor = os.dup(queue)
        self._lock = threading.Lock()
        self._reached = threading.Event()
        self._is_wanted = True
        threading.Thread(target=self._stand, name="turnstile", daemon=True).start()

    def reclaim(self) -> bool:
        """Whether the place still stands; it is wanted again."""
        with self._lock:
            self._is_wanted = self._descriptor >= 0
            return self._is_wanted

    def wait(self, deadline_s: float) -> bool:
        """Whether the head of the queue was reached in time; the owner then holds *queue*."""
        try:
            self._reached.wait(max(0.0, deadline_s - time.monotonic()))
        except BaseException:
            self.give_up()
            raise
        with self._lock:
            self._is_wanted = self._reached.is_set()
            if self._is_wanted:
                self.forget()
            return self._is_wanted

    def give_up(self) -> None:
        """Hands the place back, now or when it comes up."""
        with self._lock:
            self._is_wanted = False
            if self._reached.is_set():
                self._hand_back()

    def forget(self) -> None:
        """Closes this descriptor of the lock, which stays as it is."""
        descriptor, self._descriptor = self._descriptor, -1
        _close(descriptor)

    def _stand(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        with self._lock:
            if self._is_wanted:
                self._reached.set()
            else:
                self._hand_back()

    def _hand_back(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        self.forget()


def _open(path: Path, suffix: str) -> int:
    return os.open(f"{path}{suffix}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _after_fork() -> None:
    _inside.clear()
    for turnstile in list(_turnstiles):
        turnstile.forget()


os.register_at_fork(after_in_child=_after_fork)
