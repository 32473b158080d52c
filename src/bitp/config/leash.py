"""A child process that never outlives its supervisor.

A pipe whose writing end only the supervisor holds closes when the supervisor ends, however it
ends. On Linux the kernel is asked as well: it also ends a child that is stuck in foreign code.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def follow_parent(leash_fd: int) -> None:
    """Ends this process at once when the writing end of ``leash_fd`` closes; -1: does nothing.

    Threads and the kernel's promise do not survive a fork: a forked child calls this again.
    """
    if leash_fd < 0:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_wait_for_end, args=(leash_fd,), name="leash", daemon=True).start()


def _wait_for_end(leash_fd: int) -> None:
    while os.read(leash_fd, 1):
        pass  # the supervisor writes nothing; only the end matters
    os.kill(os.getpid(), signal.SIGKILL)
