"""A backup made in the middle of everything comes back whole and of one moment."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bitp.config.data_folder import get_secret_key
from tests.plugins.postgres import create_database, drop_database
from tests.survival.client import until
from tests.survival.crowd import Crowd
from tests.survival.running import BITP, CROWDED, System, clean_environment, running, short_folder

pytestmark = pytest.mark.timeout(300)

SEED = 20261122
TALKED_MIN = 60


def bitp(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*BITP, *arguments],
        env=clean_environment(BITP_MODE="demo", **variables),
        capture_output=True,
        text=True,
        check=False,
    )


async def talk_and_back_up(system: System, folder: Path) -> tuple[set[str], set[str]]:
    """What was acknowledged before the backup began, and what was when it was over."""
    crowd = Crowd(system.port, SEED)
    try:
        await crowd.begin()
        await until(lambda: len(acknowledged(crowd)) >= TALKED_MIN, what="some talk")
        before = acknowledged(crowd)
        done = await asyncio.to_thread(back_up, system, folder)
        assert done.returncode == 0, done.stderr
        after = acknowledged(crowd)
        await until(lambda: len(acknowledged(crowd)) > len(after), what="the talk going on")
        await crowd.fall_silent()
        return before, acknowledged(crowd)
    finally:
        await crowd.end()


def acknowledged(crowd: Crowd) -> set[str]:
    return {cid for tab in crowd.tabs for cid in tab.heard.acks}


def back_up(system: System, folder: Path) -> subprocess.CompletedProcess[str]:
    return bitp("backup", str(folder), **own(system.data, system.database_url))


def own(data: Path, database_url: str, key: str = "") -> dict[str, str]:
    variables = {"BITP_DATA": str(data), "BITP_SECRET_KEY": key or get_secret_key(data)}
    return {**variables, **({"BITP_DATABASE_URL": database_url} if database_url else {})}


def check_is_of_one_moment(
    stored: list[dict[str, Any]], before: set[str], in_the_end: set[str]
) -> None:
    """No conversation has a gap, and all that was promised before is there, once."""
    found = [each["external_id"].partition(":")[2] for one in stored for each in one["messages"]]
    for one in stored:
        numbers = [each["number"] for each in one["messages"]]
        assert numbers == list(range(1, one["last_number"] + 1))
    assert len(found) == len(set(found))
    assert before <= set(found)
    print(f"{len(before)} acknowledged before, {len(found)} restored, {len(in_the_end)} in the end")


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_backup_under_load_is_restored_and_talks_on(prepared: Path) -> None:
    with short_folder() as folder, running(prepared, CROWDED) as system:
        before, in_the_end = asyncio.run(talk_and_back_up(system, folder / "backup"))
        assert "Traceback" not in system.said()
        key = get_secret_key(system.data)
        data = folder / "other" / "data"
        done = bitp("restore", str(folder / "backup"), **own(data, "", key))
        assert done.returncode == 0, done.stderr
        (data / "secret-key").write_text(key)
        with running(None, CROWDED, at=folder / "other") as again:
            check_is_of_one_moment(again.errand("messages"), before, in_the_end)
            check_heads(again.data / "bitp.sqlite3")
            crowd = Crowd(again.port, SEED + 1)
            asyncio.run(talk_a_little(crowd))


@pytest.mark.slow
@pytest.mark.postgres
def test_a_backup_of_postgres_under_load_is_restored(database_url: str) -> None:
    fresh = create_database(database_url, "restored_from_backup")
    try:
        with short_folder() as folder, running(None, CROWDED, database_url=database_url) as system:
            before, in_the_end = asyncio.run(talk_and_back_up(system, folder / "backup"))
            key = get_secret_key(system.data)
            data = folder / "other" / "data"
            done = bitp("restore", str(folder / "backup"), **own(data, fresh, key))
            assert done.returncode == 0, done.stderr
            once_more = bitp("restore", str(folder / "backup"), **own(data, fresh, key))
            assert "never overwrites" in once_more.stderr
            (data / "secret-key").write_text(key)
            with running(None, CROWDED, database_url=fresh, at=folder / "other") as again:
                check_is_of_one_moment(again.errand("messages"), before, in_the_end)
    finally:
        drop_database(fresh)


async def talk_a_little(crowd: Crowd) -> None:
    try:
        await crowd.begin()
        await crowd.fall_silent()
    finally:
        await crowd.end()


def check_heads(database: Path) -> None:
    """Every stream has each of its numbers once, up to its head."""
    with closing(sqlite3.connect(database)) as connection:
        wrong = connection.execute(
            "SELECT s.name FROM events_stream s "
            "LEFT JOIN events_streamentry e ON e.stream_id = s.id "
            "GROUP BY s.id HAVING count(e.id) != s.head - s.floor"
        ).fetchall()
    assert wrong == []


def test_a_running_installation_is_never_overwritten(system: System) -> None:
    with short_folder() as folder:
        assert back_up(system, folder / "backup").returncode == 0
        done = bitp("restore", str(folder / "backup"), "--json", **own(system.data, ""))
        assert done.returncode == 1
        assert "is in use" in json.loads(done.stdout)["error"]
        assert system.errand("messages")
