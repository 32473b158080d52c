"""Keeping only the newest of what comes too often, and storing it at most once a second.

Marks, drafts and availability are states, not facts: the newest replaces what came before.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

from bitp.live.faults import report
from bitp.live.writer import Writer

V = TypeVar("V")

# The first of a burst waits this long for its companions.
FIRST_S = 0.05
# Keys kept while the database does not answer; further ones are dropped, oldest first.
KEYS_MAX = 50_000
# Then the value itself is what cannot be stored.
TRIES_MAX = 60


class Gather(Generic[V]):
    """Newest value per key, given to ``store`` in the writer's thread, many at once.

    A key is stored at most once per ``interval_s``. What could not be stored is kept and tried
    again, alone if it was among others, unless something newer came; at most TRIES_MAX times.
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
        self._failed: dict[Hashable, int] = {}
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
        if self._is_stored(list(values.values())):
            failed = {}
        elif len(values) == 1:
            failed = values
        else:
            failed = {key: v for key, v in values.items() if not self._is_stored([v])}
        if failed or self._failed:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._settle, values, failed)

    def _is_stored(self, values: list[V]) -> bool:
        try:
            self._store(values)
        except Exception as error:  # noqa: BLE001 - kept, and tried again in a second
            report("storing marks, drafts or presence", error)
            return False
        return True

    def _settle(self, tried: dict[Hashable, V], failed: dict[Hashable, V]) -> None:
        for key in tried:
            tries = self._failed.pop(key, 0) + 1
            if key in failed and tries < TRIES_MAX:
                self._failed[key] = tries
                self._take_back(key, failed[key])
        self._tick_later()

    def _take_back(self, key: Hashable, older: V) -> None:
        newer = self._pending.get(key)
        self._pending[key] = older if newer is None else self._merge(older, newer)
