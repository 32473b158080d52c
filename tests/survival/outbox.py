"""What one tab has written and the server has not acknowledged yet."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# No answer after this long on a living line: sent again, under the same id.
AGAIN_S = 10.0
BUSY_S = 0.2
BUSY_MAX_S = 2.0

Frame = dict[str, Any]


@dataclass(slots=True)
class Item:
    """Something written that is not acknowledged yet. lane: what it queues behind."""

    cid: str
    frame: Frame
    lane: str
    sent_at: float = 0.0
    not_before: float = 0.0
    tries: int = 0


class Outbox:
    """Items in order; of each lane one is under way at a time, as the browser does."""

    def __init__(self, send: Callable[[Frame], bool], window: int = 1) -> None:
        self._send = send
        self._window = window
        self.items: dict[str, Item] = {}

    def put(self, item: Item) -> None:
        self.items[item.cid] = item
        self.flush()

    def flush(self, *, again: bool = False) -> None:
        """Sends what is due. ``again``: the line is new, so nothing is under way any more."""
        now = time.monotonic()
        for item in self._due(now, again):
            item.sent_at = now if self._send(item.frame) else 0.0

    def _due(self, now: float, again: bool) -> list[Item]:
        if again:
            for item in self.items.values():
                item.sent_at = 0.0
        lanes: dict[str, int] = {}
        due = []
        for item in self.items.values():
            place = lanes[item.lane] = lanes.get(item.lane, 0) + 1
            if item.not_before > now:
                lanes[item.lane] = self._window
            elif place <= self._window and now - item.sent_at > AGAIN_S:
                due.append(item)
        return due

    def busy(self, item: Item) -> None:
        """Later, and later each time; what was under way behind it waits for it."""
        item.tries += 1
        item.sent_at = 0.0
        pause = min(BUSY_MAX_S, BUSY_S * 2**item.tries) * random.uniform(0.5, 1)
        item.not_before = time.monotonic() + pause
