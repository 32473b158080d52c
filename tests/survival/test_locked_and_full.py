"""The database is held by somebody else, or the disk is full: people are told, nothing is lost.

What cannot be stored is refused as "busy, again later", never acknowledged. When the trouble is
over the system goes on by itself, and everything is there once.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.powercut.recorder import is_available
from tests.survival.client import NoAnswer, until, until_each
from tests.survival.crowd import Crowd, judge
from tests.survival.disks import Disk, disk_that_fills, disk_that_pretends
from tests.survival.running import CROWDED, System, running

pytestmark = [pytest.mark.slow, pytest.mark.sqlite, pytest.mark.timeout(300)]

SEED = 4
CONTACTS = 4
TROUBLE_S = 7.0
# Longest time until a sender is told that the database is not there for him: SQLite waits 5 s.
TOLD_WITHIN_S = 12.0
# After the trouble has gone: until everybody has been answered again.
RECOVERY_LIMIT_S = 15.0

Trouble = Callable[[], AbstractContextManager[None]]
FindDisk = Callable[[], AbstractContextManager[Disk]]


def acked(crowd: Crowd) -> int:
    return sum(len(tab.heard.acks) for tab in crowd.tabs)


def told_busy(crowd: Crowd) -> int:
    return sum(tab.heard.busy for tab in crowd.tabs)


async def until_everybody_is_answered(crowd: Crowd) -> float:
    """Seconds until each contact has one more answer than now."""
    began = time.monotonic()
    await until_each(crowd.unanswered(), RECOVERY_LIMIT_S, "an answer again")
    return time.monotonic() - began


async def ask_web_to_write(crowd: Crowd) -> str:
    """What a page says that cannot store: its status."""
    contact = crowd.contacts[0]
    path = f"/chat/conversations/{next(iter(contact.view.messages))}/topic"
    bearer = {"Authorization": f"Bearer {contact.access}"}
    try:
        answer = await contact.browser.post_json_soon(path, {"topic": "deposit"}, **bearer)
    except NoAnswer as error:
        return str(error)
    return str(answer.status)


def tell(what: str, crowd: Crowd, busy: int, recovery_s: float, said: str) -> None:
    print(
        f"{what}: {acked(crowd)} acknowledged, 0 lost, 0 doubled, {busy} times told to try again, "
        f"answered {recovery_s:.1f} s after its end; a page said {said}"
    )


async def live_through(system: System, what: str, trouble: Trouble) -> None:
    """Everybody talks; the trouble comes and goes; everything is judged."""
    crowd = Crowd(system.port, SEED, CONTACTS)
    pids = system.pids()
    try:
        await crowd.begin()
        with trouble():
            await asyncio.sleep(0.5)  # what was committed before may still be on its way
            before, began = acked(crowd), time.monotonic()
            said = asyncio.create_task(ask_web_to_write(crowd))
            await until(lambda: told_busy(crowd), TOLD_WITHIN_S, "being told")
            await asyncio.sleep(max(0.0, TROUBLE_S - (time.monotonic() - began)))
            assert acked(crowd) == before, "acknowledged in the middle of it"
        recovery_s = await until_everybody_is_answered(crowd)
        await crowd.fall_silent()
        verdict = await judge(crowd, system)
        tell(what, crowd, told_busy(crowd), recovery_s, await said)
        verdict.mishaps = 0  # pages that could not store said so
        assert verdict.wrong() == {}
        assert system.pids() == pids, "somebody died of it"
    finally:
        await crowd.end()


def test_a_locked_database_is_told_and_nothing_is_lost(system: System) -> None:
    @contextmanager
    def locked() -> Iterator[None]:
        with system.long_errand("hold_lock") as holder:
            yield
            print(file=holder.stdin, flush=True)
            holder.wait()

    asyncio.run(live_through(system, "database locked", locked))


@pytest.mark.skipif(not is_available(), reason="needs Linux and gcc")
@pytest.mark.parametrize("find_disk", [disk_that_fills, disk_that_pretends])
def test_a_full_disk_is_told_and_nothing_is_lost(prepared: Path, find_disk: FindDisk) -> None:
    with find_disk() as disk:

        @contextmanager
        def full() -> Iterator[None]:
            disk.fill()
            yield
            disk.free()

        with running(prepared, {**CROWDED, **disk.environment}, at=disk.folder) as system:
            asyncio.run(live_through(system, f"disk full ({disk.kind})", full))
