"""`bitp index` and what the doctor says about the search's index."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.config.test_production import bitp

pytestmark = pytest.mark.once


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A demo's folder: sample conversations, all indexed as they were posted."""
    prepared = bitp("prepare", BITP_DATA=str(tmp_path), BITP_MODE="demo")
    assert prepared.returncode == 0, prepared.stderr
    return tmp_path


def run(data: Path, *arguments: str) -> tuple[int, dict[str, object]]:
    done = bitp("index", *arguments, "--json", BITP_DATA=str(data), BITP_MODE="demo")
    return done.returncode, json.loads(done.stdout)


def damage(data: Path, statement: str) -> None:
    """By somebody else's hand, with the database's own tools."""
    with sqlite3.connect(data / "bitp.sqlite3") as database:
        database.execute(statement)


def test_an_index_that_lacks_messages_is_noticed_and_filled_again(data: Path) -> None:
    code, found = run(data, "--check")
    assert (code, found["ok"], found["lacking"], found["left_over"]) == (0, True, 0, 0)
    assert isinstance(found["messages"], int)
    assert found["messages"] > 5
    damage(data, "INSERT INTO search_words (search_words) VALUES ('delete-all')")
    code, lacking = run(data, "--check")
    assert (code, lacking["ok"], lacking["lacking"]) == (1, False, found["messages"])
    doctor = bitp("doctor", BITP_DATA=str(data), BITP_MODE="demo")
    assert "TO DO  search index" in doctor.stdout
    assert "run bitp index" in doctor.stdout
    assert run(data) == (0, found)
    assert run(data, "--anew", "--compact") == (0, found)
    doctor = bitp("doctor", BITP_DATA=str(data), BITP_MODE="demo")
    assert "ok     search index" in doctor.stdout


def test_lost_triggers_are_said_and_put_back(data: Path) -> None:
    damage(data, "DROP TRIGGER search_words_erased")
    doctor = bitp("doctor", BITP_DATA=str(data), BITP_MODE="demo")
    assert "TO DO  search index" in doctor.stdout
    assert run(data)[0] == 0
    doctor = bitp("doctor", BITP_DATA=str(data), BITP_MODE="demo")
    assert "ok     search index" in doctor.stdout


def test_an_older_database_is_filled_by_the_worker(data: Path) -> None:
    """As it is after an upgrade: messages, but no index before this version's migrations."""
    for statement in (
        "DROP TRIGGER search_words_erased",
        "DROP TRIGGER search_words_changed",
        "DROP TABLE search_words",
        "DROP TABLE search_widening",
        "DELETE FROM django_migrations WHERE app = 'search'",
    ):
        damage(data, statement)
    migrated = bitp("migrate", BITP_DATA=str(data), BITP_MODE="demo")
    assert migrated.returncode == 0, migrated.stderr
    doctor = bitp("doctor", BITP_DATA=str(data), BITP_MODE="demo")
    assert "note   search index" in doctor.stdout
    assert "the worker fills it" in doctor.stdout
