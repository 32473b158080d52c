"""One timer for every deadline: ten thousand connections cost one look per tick.

An item's deadline may be moved later at no cost: when its old slot comes up it is only filed
again. Times are the loop's, in seconds.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, TimerHandle
from typing import Protocol

from bitp.live.faults import report


class Timed(Protocol):
    """Something with a deadline."""

    deadline: float

    def overdue(self, now: float) -> float:
        """The deadline passed; returns the next one, or 0 to be forgotten."""


class Wheel:
    """Slots of ``tick_s`` seconds, each with the items that may be due then."""

    def __init__(self, loop: AbstractEventLoop, tick_s: float) -> None:
        self._loop = loop
        self._tick_s = tick_s
        self._slots: dict[int, list[Timed]] = {}
        self._at = self._slot(loop.time())
        self._timer: TimerHandle | None = None
        # The time as of the last tick: exact enough for "heard lately", and free to read.
        self.now = loop.time()

    def start(self) -> None:
        """Begin to tick."""
        self._timer = self._loop.call_later(self._tick_s, self._tick)

    def stop(self) -> None:
        """Tick no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._slots.clear()

    def add(self, item: Timed) -> None:
        """Call ``item.overdue`` once ``item.deadline`` has passed. An item is added once."""
        slot = max(self._slot(item.deadline) + 1, self._at + 1)
        self._slots.setdefault(slot, []).append(item)

    def _slot(self, moment: float) -> int:
        return int(moment / self._tick_s)

    def _tick(self) -> None:
        self.now = now = self._loop.time()
        last = self._slot(now)
        while self._at < last:
            self._at += 1
            for item in self._slots.pop(self._at, ()):
                self._look(item, now)
        self.start()

    def _look(self, item: Timed, now: float) -> None:
        if item.deadline <= now:
            try:
                item.deadline = item.overdue(now)
            except Exception as error:  # noqa: BLE001 - one bad item must not stop the clock
                report("a deadline", error)
                return
        if item.deadline:
            self.add(item)
