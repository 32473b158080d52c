"""The whole system and a real browser, each made in one place; a folder says for how long.

A browser runs a loop in our thread: beside it no other test can run one of its own, and Django's
database refuses to work. So it ends with its module at the latest, and with its test where the
test's database is the product's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from tests.survival.running import System, prepare_folder, running, short_folder

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Scope = Literal["session", "module", "function"]


@pytest.fixture(scope="session")
def prepared() -> Iterator[Path]:
    """A folder, migrated and with the sample people, that every system starts on a copy of."""
    with short_folder() as folder:
        data = folder / "prepared"
        prepare_folder(data)
        yield data


def system_for(scope: Scope, variables: Mapping[str, str] | None = None) -> Any:
    """A fixture: the product as a person starts it, on SQLite, with ``variables`` added."""

    @pytest.fixture(scope=scope)
    def system(prepared: Path) -> Iterator[System]:
        with running(prepared, variables) as started:
            yield started

    return system


def browser_for(scope: Scope, *, after: str = "chromium_path") -> Any:
    """A fixture: Chromium; the fixture named ``after`` is set up before its loop runs."""

    @pytest.fixture(scope=scope)
    def browser(request: pytest.FixtureRequest, chromium_path: str) -> Iterator[Browser]:
        from playwright.sync_api import sync_playwright

        request.getfixturevalue(after)
        with sync_playwright() as playwright:
            launched = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
            yield launched
            launched.close()

    return browser
