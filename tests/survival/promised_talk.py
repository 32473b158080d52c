"""A crowd that notes each promise: python -m tests.survival.promised_talk PORT FOLDER SECONDS SEED.

Runs beside a system whose folder is recorded, recorded itself, so that its notes stand in the one
order of everything that was written and synced.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.powercut.recorder import acknowledge
from tests.survival.crowd import Crowd


def promise_of(cid: str, conversation: str, number: int) -> str:
    """One acknowledged message in one word."""
    return f"{conversation}/{number}/{cid}"


async def talk(port: int, folder: Path, seconds: float, seed: int) -> None:
    crowd = Crowd(port, seed)
    for tab in crowd.tabs:
        tab.on_promise = lambda *told: acknowledge(folder, promise_of(*told))
    try:
        await crowd.begin()
        await asyncio.sleep(seconds)
        await crowd.fall_silent()
    finally:
        await crowd.end()


if __name__ == "__main__":
    asyncio.run(talk(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
