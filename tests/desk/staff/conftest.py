"""A real browser with a passkey of its own, for the staff's pages."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 900},
    "locale": "en-GB",
    "color_scheme": "light",
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
}
T = TypeVar("T")


@dataclass
class Desk:
    """Somebody's browser window at this installation."""

    page: Page
    origin: str
    refused: list[str]

    def open(self, path: str) -> Page:
        self.page.goto(self.origin + path)
        return self.page

    def is_at(self, path: str) -> None:
        """Waits until the window shows this address."""
        self.page.wait_for_url(self.origin + path)

    def give_passkey(self, verifies: bool = True, *, transport: str = "internal") -> None:
        """Builds a passkey into the device; ``verifies``: the finger is the right one."""
        tools = self.page.context.new_cdp_session(self.page)
        tools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": transport,
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": verifies,
            "automaticPresenceSimulation": True,
        }
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.fixture
def origin(live_server: LiveServer, settings: Settings) -> str:
    """Where people reach this installation: passkeys are bound to it."""
    settings.ORIGIN = live_server.url
    return str(live_server.url)


@pytest.fixture
def open_desk(empty_browser: Browser, origin: str) -> Callable[..., Desk]:
    """Opens a window of its own, as on a fresh device."""

    def open_(looks: dict[str, Any] | None = None) -> Desk:
        context: BrowserContext = empty_browser.new_context(**(looks or DESK))
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda said: _note(refused, said.text))
        page.on("pageerror", lambda error: refused.append(str(error)))
        return Desk(page, origin, refused)

    return open_


def aside(work: Callable[[], T]) -> T:
    """Does something with the database while a browser runs: Django wants a thread without one."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as threads:
        return threads.submit(run).result()


def _note(refused: list[str], text: str) -> None:
    if "Policy" in text or "Refused" in text:
        refused.append(text)
