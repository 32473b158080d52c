"""The pages in a real browser: usable by everyone, on a phone and on a desk, in both themes."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from bitp.identity.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = [
    "/",
    "/support",
    "/support?q=TXID",
    "/support?q=qwertyqwerty",
    "/support/guide/wrong-price",
    "/support/conversations",
    "/account/login/",
    "/nothing-here",
]
PHONE_CHINESE_DARK: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
}
DESK_ENGLISH_LIGHT: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 900},
    "locale": "en-GB",
    "color_scheme": "light",
}
HALF_WIDTH: dict[str, Any] = {"viewport": {"width": 320, "height": 568}, "locale": "en-GB"}


@pytest.fixture
def client(alice: User) -> Client:
    """Alice's session, made before the browser's loop runs."""
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def browser(empty_browser: Browser) -> Browser:
    return empty_browser


def open_page(browser: Browser, looks: dict[str, object], **more: object) -> Page:
    return browser.new_context(**looks, **more).new_page()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "looks", [PHONE_CHINESE_DARK, DESK_ENGLISH_LIGHT], ids=["phone zh dark", "desk en light"]
)
def test_no_page_shuts_anyone_out_or_scrolls_sideways(
    looks: dict[str, object], browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, looks)
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Policy" in said.text else None)
    for address in PAGES:
        page.goto(f"{live_server.url}{address}")
        found = Axe().run(page, options=STANDARD)
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert refused == [], address


def test_a_narrow_screen_at_double_size_still_fits(
    browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, HALF_WIDTH)
    for address in PAGES:
        page.goto(f"{live_server.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_the_keyboard_reaches_the_content_first_and_then_every_control(
    browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("'bitpOpen' in document.activeElement.dataset")


def test_without_scripts_the_language_changes_and_talking_is_a_link(
    browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT, java_script_enabled=False)
    page.goto(f"{live_server.url}/support/guide/privacy")
    page.get_by_role("button", name="简体中文").click()
    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.url.endswith("/support/guide/privacy")
    page.locator(".guide-end [data-bitp-open]").click()
    assert page.url.endswith("/support#chat")


def test_an_answer_is_thanked_for_in_place(browser: Browser, live_server: LiveServer) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT)
    page.goto(f"{live_server.url}/support/guide/privacy")
    page.get_by_role("button", name="No, not yet").click()
    page.get_by_text("a person can answer you").wait_for()
    assert page.url.endswith("/support/guide/privacy#helped")


def test_the_account_menu_closes_on_escape_and_elsewhere(
    alice: User, client: Client, browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT)
    cookie = client.cookies["bitp_session"].value
    page.context.add_cookies([{"name": "bitp_session", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url)
    menu, summary = page.locator("header details"), page.locator("header summary")
    summary.click()
    assert menu.get_attribute("open") is not None
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    summary.click()
    page.locator("h1").click()
    assert menu.get_attribute("open") is None


def test_signing_out_empties_the_browser_s_chat_storage(
    client: Client, browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT)
    cookie = client.cookies["bitp_session"].value
    page.context.add_cookies([{"name": "bitp_session", "value": cookie, "url": live_server.url}])
    page.goto(live_server.url)
    page.evaluate("localStorage.setItem('bitp.chat.left', 'Alice was here')")
    page.locator("header summary").click()
    page.get_by_role("button", name="Sign out").first.click()
    page.get_by_role("link", name="Sign in").first.wait_for()
    assert page.evaluate("localStorage.getItem('bitp.chat.left')") is None


def test_an_opening_time_is_shown_in_the_reader_s_own_zone(
    browser: Browser, live_server: LiveServer
) -> None:
    page = open_page(browser, DESK_ENGLISH_LIGHT, timezone_id="America/New_York")
    page.goto(live_server.url)
    script = f"{live_server.url}/static/site/local-time.js"
    shown = page.evaluate(
        """async (script) => {
          const time = document.createElement("time");
          time.dateTime = "2026-11-23T01:00:00+00:00";
          time.dataset.local = "";
          time.textContent = "November 23 09:00 (UTC+8)";
          document.body.append(time);
          await import(script + "?again");
          return [time.textContent, time.title];
        }""",
        script,
    )
    assert "20:00" in shown[0]
    assert "22" in shown[0]
    assert shown[1] == "November 23 09:00 (UTC+8)"
