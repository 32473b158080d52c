"""The wheel of deadlines."""

from __future__ import annotations

import asyncio

from bitp.live.wheel import Wheel
from tests.live.harness import in_loop, until


class Item:
    """Something with a deadline that tells when it was called."""

    def __init__(self, deadline: float, again: list[float] | None = None) -> None:
        self.deadline = deadline
        self.calls: list[float] = []
        self.again = again or []

    def overdue(self, now: float) -> float:
        self.calls.append(now)
        return now + self.again.pop(0) if self.again else 0


def new_wheel() -> Wheel:
    wheel = Wheel(asyncio.get_running_loop(), 0.01)
    wheel.start()
    return wheel


@in_loop
async def test_nobody_is_called_early_and_everybody_once() -> None:
    wheel, now = new_wheel(), asyncio.get_running_loop().time()
    items = [Item(now + n / 100) for n in range(30)]
    deadlines = [item.deadline for item in items]
    for item in items:
        wheel.add(item)
    await until(lambda: all(item.calls for item in items))
    for item, deadline in zip(items, deadlines, strict=True):
        assert len(item.calls) == 1
        assert item.calls[0] >= deadline
    wheel.stop()


@in_loop
async def test_a_deadline_moved_later_is_kept_without_being_added_again() -> None:
    wheel, now = new_wheel(), asyncio.get_running_loop().time()
    item = Item(now + 0.02)
    wheel.add(item)
    item.deadline = moved = now + 0.2
    await until(lambda: item.calls)
    assert item.calls[0] >= moved
    wheel.stop()


@in_loop
async def test_an_item_that_names_a_next_deadline_is_called_again() -> None:
    wheel = new_wheel()
    item = Item(asyncio.get_running_loop().time(), again=[0.02, 0.02])
    wheel.add(item)
    await until(lambda: len(item.calls) == 3)
    assert item.calls[1] - item.calls[0] >= 0.02
    wheel.stop()


@in_loop
async def test_one_that_fails_does_not_stop_the_clock() -> None:
    class Broken(Item):
        def overdue(self, now: float) -> float:
            raise ValueError(now)

    wheel, now = new_wheel(), asyncio.get_running_loop().time()
    broken, good = Broken(now + 0.01), Item(now + 0.05)
    wheel.add(broken)
    wheel.add(good)
    await until(lambda: good.calls)
    wheel.stop()
