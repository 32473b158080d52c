"""A prepared folder that every system of these tests starts from, and the systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.survival.running import System, prepare_folder, running, short_folder


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """Migrated, with the sample people."""
    with short_folder() as folder:
        data = folder / "prepared"
        prepare_folder(data)
        yield data


@pytest.fixture(scope="session")
def calm(prepared: Path) -> Iterator[System]:
    """One system for all tests that do it no harm."""
    with running(prepared) as started:
        yield started


@pytest.fixture
def system(prepared: Path) -> Iterator[System]:
    """A system for one test, on SQLite."""
    with running(prepared) as started:
        yield started
