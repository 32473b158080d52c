"""One running system and one browser for all journeys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.survival.running import System, running
from tests.web.client.conftest import ARGUMENTS

# Two browsers, three processes and a loaded machine of two cores.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def system(chromium_path: str) -> Iterator[System]:
    """The product as a person starts it."""
    with running(None) as started:
        yield started


@pytest.fixture(scope="module")
def browser(chromium_path: str, system: System) -> Iterator[Browser]:
    """Ends with the module: while it runs, no other test could run a loop of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()
