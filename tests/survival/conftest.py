"""The systems of these tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.postgres import create_database, drop_database
from tests.plugins.stages import system_for
from tests.survival.running import CROWDED, System, running

# One for each test, and one for all that leave it as it was.
system = system_for("function", CROWDED)


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
