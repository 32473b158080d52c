"""A prepared folder that every system of these tests starts from, and the systems."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.postgres import create_database, drop_database
from tests.survival.running import CROWDED, System, prepare_folder, running, short_folder


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """Migrated, with the sample people."""
    with short_folder() as folder:
        data = folder / "prepared"
        prepare_folder(data)
        yield data


@pytest.fixture(scope="session")
def calm(prepared: Path) -> Iterator[System]:
    """One system for all tests that leave it as it was, on the database of this run."""
    server = os.environ.get("BITP_DATABASE_URL", "")
    if not server:
        with running(prepared, CROWDED) as started:
            yield started
        return
    url = create_database(server, "survival_calm")
    with running(None, CROWDED, database_url=url) as started:
        yield started
    drop_database(url)


@pytest.fixture
def system(prepared: Path) -> Iterator[System]:
    """A system for one test, on SQLite."""
    with running(prepared, CROWDED) as started:
        yield started
