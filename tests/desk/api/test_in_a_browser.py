"""The page on which the API is tried, and the tokens' pages, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route
from pytest_django.live_server_helper import LiveServer

from bitp.desk.staff.models import Member
from tests.desk.api.programs import ROOT
from tests.signing_in import client_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_page_shows_the_operations_and_asks_nobody_else(
    empty_browser: Browser, live_server: LiveServer
) -> None:
    page = empty_browser.new_page()
    elsewhere, faults = [], []

    def judge(route: Route) -> None:
        if route.request.url.startswith((live_server.url, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    page.route("**/*", judge)
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{live_server.url}{ROOT}/docs")
    page.get_by_text("Open a conversation").first.wait_for()
    page.get_by_text("/api/v1/events").first.wait_for()
    assert elsewhere == []
    assert faults == []


LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", "color_scheme": "light"},
    {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN", "color_scheme": "dark"},
]
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


def console_of(browser: Browser, origin: str, looks: dict[str, Any], cookie: str) -> Page:
    """A window in which Erin is signed in at the console."""
    context = browser.new_context(**looks)
    context.add_cookies([{"name": "bitp_console", "value": cookie, "url": f"{origin}/console/"}])
    return context.new_page()


def check(page: Page) -> None:
    """Everybody can use the page, and nothing of it stands outside the window."""
    found = Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


@pytest.mark.parametrize("looks", LOOKS, ids=["desk en light", "phone zh dark"])
def test_the_pages_of_tokens_are_for_everyone(
    empty_browser: Browser, live_server: LiveServer, looks: dict[str, Any], erin: Member
) -> None:
    cookie = client_of(erin).cookies["bitp_console"].value
    page = console_of(empty_browser, live_server.url, looks, cookie)
    page.goto(f"{live_server.url}/console/tokens/")
    check(page)
    page.locator("main a.button").first.click()
    page.wait_for_url("**/add")
    check(page)
    page.locator("main form button[type=submit]").click()
    page.locator(".field-error").first.wait_for()
    check(page)
    page.fill("#id_name", "Nightly report")
    page.check("#id_scopes_0")
    page.locator("main form button[type=submit]").click()
    page.locator(".secret-once").wait_for()
    check(page)
    page.goto(f"{live_server.url}/console/tokens/")
    page.locator(".staff-row").wait_for()
    check(page)
