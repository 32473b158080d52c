"""A prepared folder that every system of these tests starts from, and one calm system."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.survival.running import CROWDED, System, prepare_folder, running


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """Migrated, with the sample people."""
    with tempfile.TemporaryDirectory(prefix="bitp-s-", dir="/tmp") as folder:
        data = Path(folder) / "prepared"
        prepare_folder(data)
        yield data


@pytest.fixture
def system(prepared: Path) -> Iterator[System]:
    """A system for one test, on SQLite."""
    with running(prepared, **CROWDED) as started:
        yield started
