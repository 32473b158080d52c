"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
# Long enough for a machine that does ten other things; a passing test never waits for it.
LIMIT_S = 60.0
LOOK_AGAIN_S = 0.01


def wait_for(condition: Callable[[], T], limit_s: float = LIMIT_S, what: str = "") -> T:
    """The first true value of ``condition``; fails the test after ``limit_s``."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {limit_s} s: {what or condition}"
        time.sleep(LOOK_AGAIN_S)


def is_alive(pid: int) -> bool:
    """Whether a process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123 - read at once or gone
            return stat.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def is_dead(pid: int) -> bool:
    """The opposite of is_alive."""
    return not is_alive(pid)
