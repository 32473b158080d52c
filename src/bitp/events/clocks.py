"""Looks that the worker takes again and again, for what falls due without an event.

A look finds what is due as it stands and changes it by conditional updates: two workers may look
at once, and after an hour without any everything due is still done once. What must happen at one
moment for one thing is a job (bitp.events.jobs).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import Error

Look = Callable[[], object]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Clock:
    seconds: float
    look: Look
    due_at: float = 0.0


_clocks: list[_Clock] = []


def every(seconds: float) -> Callable[[Look], Look]:
    """Registers a look to be taken at this interval while a worker runs."""

    def register(look: Look) -> Look:
        _clocks.append(_Clock(seconds, look))
        return look

    return register


def look_at_clocks() -> None:
    """Takes every look that is due; an error of the database is the caller's to wait out."""
    for clock in _clocks:
        if time.monotonic() < clock.due_at:
            continue
        clock.due_at = time.monotonic() + clock.seconds
        _look(clock.look)


def _look(look: Look) -> None:
    try:
        look()
    except Error:
        raise
    # One look that fails must not keep the others from theirs.
    except Exception:
        log.exception("the look %s failed", look.__name__)
