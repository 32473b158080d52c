"""Keeping only the newest of what comes too often, and storing it at most once a second.

Marks, drafts and availability are states, not facts: the newest replaces what came before.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from bitp.live.faults import report
from bitp.live.writer import Writer

V = TypeVar("V")

# The first of a burst waits this long for its companions.
FIRST_S = 0.05
# Keys kept while the database does not answer; further ones are dropped, oldest first.
KEYS_MAX = 50_000


class Gather(Generic[V]):
    """Newest value per key, given to ``store`` in the writer's thread, many at once.

    A key is stored at most once per ``interval_s``. What could not be stored is kept and tried
    again, unless something newer came.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        writer: Writer,
        interval_s: float,
        store: Callable[[list[V]], None],
        merge: Callable[[V, V], V],
    ) -> None:
        self._loop = loop
        self._writer = writer
        self._interval_s = interval_s
        self._store = store
        self._merge = merge
        self._pending: dict[Hashable, V] = {}
        self._stored_at: dict[Hashable, float] = {}
        self._ticking = False

    def __len__(self) -> int:
        return len(self._pending)

    def put(self, key: Hashable, value: V) -> None:
        """Keep ``value``, merged with what is pending for the key (older, newer)."""
        older = self._pending.get(key)
        self._pending[key] = value if older is None else self._merge(older, value)
        if len(self._pending) > KEYS_MAX:
            self._pending.pop(next(iter(self._pending)))
        self._tick_later()

    def flush(self) -> None:
        """Hand everything to the writer now."""
        self._hand_over(list(self._pending))

    def _tick_later(self) -> None:
        if not self._ticking and self._pending:
            self._ticking = True
            self._loop.call_later(min(FIRST_S, self._interval_s), self._tick)

    def _tick(self) -> None:
        self._ticking = False
        before = self._loop.time() - self._interval_s
        self._stored_at = {key: at for key, at in self._stored_at.items() if at > before}
        self._hand_over([key for key in self._pending if key not in self._stored_at])
        self._tick_later()

    def _hand_over(self, keys: list[Hashable]) -> None:
        if not keys:
            return
        now = self._loop.time()
        values = {key: self._pending.pop(key) for key in keys}
        self._stored_at.update(dict.fromkeys(keys, now))
        self._writer.do(lambda: self._attempt(values))

    def _attempt(self, values: dict[Hashable, V]) -> None:
        try:
            self._store(list(values.values()))
        except Exception as error:  # noqa: BLE001 - kept, and tried again in a second
            report("storing marks, drafts or presence", error)
            self._loop.call_soon_threadsafe(self._take_back, values)

    def _take_back(self, values: dict[Hashable, V]) -> None:
        for key, older in values.items():
            newer = self._pending.get(key)
            self._pending[key] = older if newer is None else self._merge(older, newer)
        self._tick_later()
