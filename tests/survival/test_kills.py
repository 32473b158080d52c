"""kill -9 of web, live and worker at random, in the middle of everything."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.survival.client import NoAnswer, until, until_each
from tests.survival.crowd import Crowd, Verdict, judge
from tests.survival.kept import keep
from tests.survival.running import CROWDED, System, kill, running

pytestmark = pytest.mark.timeout(600)

KILLS = 20
KILLS_ON_POSTGRES = 8
SEED = 20260314
SOAK_SEEDS = range(1, 11)
SOAK_KILLS = 200
# How long somebody may be without an answer after a kill, restart included.
RECOVERY_LIMIT_S = 20.0
TARGETS = ("live", "web", "web's child", "worker")
# live has the most to lose.
WEIGHTS = (4, 2, 2, 1)
# A slow disk: at most moments something is stored that nobody was told about yet.
SLOW_DISK = {**CROWDED, "BITP_SYNC_DELAY_MS": "15"}
# So often two die at the same moment.
DOUBLE_SHARE = 0.2


@dataclass(slots=True)
class Toll:
    """Who was killed, and the longest time until everybody was served again (seconds)."""

    killed: Counter[str] = field(default_factory=Counter)
    longest_recovery_s: float = 0.0


async def kill_at_random(system: System, crowd: Crowd, kills: int, chance: random.Random) -> Toll:
    toll = Toll()
    while toll.killed.total() < kills:
        await asyncio.sleep(chance.uniform(0, 0.8))
        is_double = chance.random() < DOUBLE_SHARE and toll.killed.total() + 2 <= kills
        victims = chance.choices(TARGETS, WEIGHTS)
        if is_double:
            victims = chance.sample(TARGETS, 2)
        began = time.monotonic()
        for victim in victims:
            toll.killed[victim] += await asyncio.to_thread(kill_one, system, victim, chance)
        await until_served(system, crowd, began)
        toll.longest_recovery_s = max(toll.longest_recovery_s, time.monotonic() - began)
    return toll


def kill_one(system: System, victim: str, chance: random.Random) -> int:
    """1 when it was alive to be killed; by its process id, or through the supervisor."""
    if victim == "web's child":
        pid = system.find_web_child()
        kill(pid) if pid else None
        return int(bool(pid))
    if chance.random() < 0.5:
        return int("killed" in system.ask(kill=victim))
    pid = system.pid(victim)
    kill(pid) if pid else None
    return int(bool(pid))


async def until_served(system: System, crowd: Crowd, since: float) -> None:
    """All three run, every tab is online, and a page and an acknowledgement came since."""
    answered = crowd.unanswered()
    alive = partial(asyncio.to_thread, lambda: all(system.pids().values()))
    await until_so(alive, since)
    await until_so(partial(page_comes, crowd), since)
    await until(lambda: all(tab.is_online for tab in crowd.tabs), RECOVERY_LIMIT_S, "all online")
    await until_each(answered, RECOVERY_LIMIT_S, "an answer")


async def until_so(ask: Any, since: float) -> None:
    while not await ask():
        assert time.monotonic() - since < RECOVERY_LIMIT_S
        await asyncio.sleep(0.05)


async def page_comes(crowd: Crowd) -> bool:
    try:
        return (await crowd.agent.browser.get_soon("/console/data/me")).status == 200
    except NoAnswer:
        return False


async def live_through(system: System, kills: int, seed: int) -> tuple[Verdict, Toll]:
    crowd = Crowd(system.port, seed)
    try:
        await crowd.begin()
        toll = await kill_at_random(system, crowd, kills, random.Random(seed))
        await crowd.fall_silent()
        return await judge(crowd, system), toll
    finally:
        await crowd.end()


def run(prepared: Path | None, database_url: str, kills: int, seed: int) -> tuple[Verdict, Toll]:
    with running(prepared, SLOW_DISK, database_url=database_url) as system:
        verdict, toll = asyncio.run(live_through(system, kills, seed))
        assert "Traceback" not in system.said()
    return verdict, toll


def tell(verdict: Verdict, toll: Toll) -> None:
    print(
        f"{toll.killed.total()} kills {dict(toll.killed)}: {verdict.sent} sent, "
        f"{verdict.acknowledged} acknowledged, {verdict.delivered} delivered, "
        f"{verdict.lost} lost, {verdict.doubled} doubled, {verdict.out_of_order} out of order, "
        f"{verdict.converged} of {verdict.clients} clients converged, "
        f"{verdict.resumed} times resumed, {verdict.recognised} repeated sends recognised, "
        f"longest recovery {toll.longest_recovery_s:.1f} s"
    )


def check(verdict: Verdict, toll: Toll, kills: int) -> None:
    assert verdict.wrong() == {}
    assert toll.killed.total() == kills
    assert verdict.acknowledged == verdict.sent > 20 * kills
    assert verdict.resumed > 0
    assert verdict.converged == verdict.clients > 0


@pytest.mark.slow
@pytest.mark.sqlite
def test_twenty_kills_lose_double_and_reorder_nothing(prepared: Path) -> None:
    verdict, toll = run(prepared, "", KILLS, SEED)
    tell(verdict, toll)
    check(verdict, toll, KILLS)


@pytest.mark.slow
@pytest.mark.postgres
def test_kills_on_postgres_lose_double_and_reorder_nothing(database_url: str) -> None:
    verdict, toll = run(None, database_url, KILLS_ON_POSTGRES, SEED)
    tell(verdict, toll)
    check(verdict, toll, KILLS_ON_POSTGRES)


@pytest.mark.soak
def test_two_hundred_kills(prepared: Path) -> None:
    total, tolls, began = Verdict(examples=[]), Toll(), time.monotonic()
    for seed in SOAK_SEEDS:
        verdict, toll = run(prepared, "", SOAK_KILLS // len(SOAK_SEEDS), seed)
        tell(verdict, toll)
        for name, value in asdict(verdict).items():
            setattr(total, name, getattr(total, name) + value)
        tolls.killed += toll.killed
        tolls.longest_recovery_s = max(tolls.longest_recovery_s, toll.longest_recovery_s)
    tell(total, tolls)
    check(total, tolls, SOAK_KILLS)
    keep(
        "soak-kills",
        "kill -9 of live, web, web's child and worker at random under load",
        "./bitp test --soak",
        {"seeds": list(SOAK_SEEDS), "killed": dict(tolls.killed), **SLOW_DISK},
        figures_of(total, tolls, time.monotonic() - began),
    )


def figures_of(verdict: Verdict, toll: Toll, seconds: float) -> dict[str, Any]:
    counts = {name: n for name, n in asdict(verdict).items() if name != "examples"}
    return {
        "kills": toll.killed.total(),
        **counts,
        "longest_recovery_s": round(toll.longest_recovery_s, 2),
        "seconds": round(seconds),
    }
