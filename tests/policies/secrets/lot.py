"""Draws that are the same on every Python: only `Random.random` is promised to stay as it is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Lot:
    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def chance(self, share: float) -> bool:
        return self._random.random() < share

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def picks(self, items: Sequence[T], count: int) -> list[T]:
        return [self.pick(items) for _ in range(count)]

    def text(self, letters: str, count: int) -> str:
        return "".join(self.picks(letters, count))

    def octets(self, count: int) -> bytes:
        return bytes(self.below(256) for _ in range(count))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in range(len(items))]
