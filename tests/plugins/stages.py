"""The whole system and a real browser, each made in one place; a folder says for how long.

A browser runs a loop in our thread: beside it no other test can run one of its own, so it ends
with its module.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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


def browser_for(scope: Scope) -> Any:
    """A fixture: Chromium."""

    @pytest.fixture(scope=scope)
    def browser(chromium_path: str) -> Iterator[Browser]:
        with launched(chromium_path) as browser:
            yield browser

    return browser


@pytest.fixture(scope="module")
def browser_beside_django(chromium_path: str) -> Iterator[Browser]:
    """Chromium while Django's database is used by the same thread, as the fixtures do it.

    Django takes the browser's loop for a coroutine of the product; there is none here.
    """
    with pytest.MonkeyPatch.context() as patch, launched(chromium_path) as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def empty_browser(browser_beside_django: Browser, live_server: object) -> Iterator[Browser]:
    """The module's browser for one test, whose windows close before its database is emptied."""
    yield browser_beside_django
    for context in list(browser_beside_django.contexts):
        context.close()


@contextmanager
def launched(chromium_path: str) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()
