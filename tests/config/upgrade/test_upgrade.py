"""An installation of an earlier state is brought up to date with everything that was in it.

The databases beside this file were made by that state's own code: prepared in the demo's mode,
then VACUUM INTO and gzip.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bitp.config.backup.databases import check_sqlite_file
from tests.config.test_production import bitp

pytestmark = pytest.mark.once

EARLIER = sorted(Path(__file__).parent.glob("*.sqlite3.gz"))
KEY = "only-for-the-upgrade-test-" * 2
# What people would miss: read before and after.
MESSAGES = """
SELECT c.reference, c.topic, c.status, m.number, m.author_kind, m.is_note, m.text
FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
ORDER BY c.reference, m.number
"""
KEPT = (
    MESSAGES,
    "SELECT email, kind, name, password FROM identity_user ORDER BY email",
    "SELECT id, kind, data, digest FROM events_event ORDER BY id",
    "SELECT name, head FROM events_stream ORDER BY name",
)


@pytest.fixture(params=EARLIER, ids=lambda path: path.name)
def data(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder with the earlier database."""
    earlier: Path = request.param
    (tmp_path / "bitp.sqlite3").write_bytes(gzip.decompress(earlier.read_bytes()))
    return tmp_path


def read(data: Path) -> list[list[Any]]:
    with closing(sqlite3.connect(data / "bitp.sqlite3")) as connection:
        return [connection.execute(query).fetchall() for query in KEPT]


def test_everything_is_there_after_the_upgrade(data: Path) -> None:
    before = read(data)
    assert all(before)
    variables = {"BITP_DATA": str(data), "BITP_MODE": "demo", "BITP_SECRET_KEY": KEY}
    assert bitp("migrate", "--check", **variables).returncode == 1
    done = bitp("migrate", **variables)
    assert done.returncode == 0, done.stderr
    assert bitp("migrate", "--check", **variables).returncode == 0
    check_sqlite_file(data / "bitp.sqlite3")
    assert read(data) == before


def test_there_is_an_earlier_database() -> None:
    assert EARLIER
