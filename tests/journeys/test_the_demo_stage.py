"""The stage: both sides on one screen, and the plug that may be pulled."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Frame, expect

from tests.journeys.stage import Look, Window, open_window
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_the_plug_is_pulled_and_nothing_is_lost(browser: Browser, system: System) -> None:
    window = open_window(browser, Look("en", "desktop", "light"))
    page = window.page
    page.goto(f"{system.origin}/demo/plug")
    page.locator("#traffic").click()
    for process in ("live", "web", "worker", "live"):
        before = int(page.locator("#acknowledged").inner_text())
        page.wait_for_function(
            "n => Number(document.getElementById('acknowledged').textContent) > n + 15",
            arg=before,
            timeout=30_000,
        )
        page.get_by_role("button", name=f"kill -9 {process}").click()
    page.wait_for_function(
        "() => Number(document.getElementById('delivered').textContent) > 120", timeout=60_000
    )
    page.locator("#traffic").click()
    page.wait_for_function(
        "() => document.getElementById('waiting').textContent === '0'", timeout=30_000
    )
    expect(page.locator("bitp-chat button.launcher")).to_be_visible()
    window.check("plug")
    counts = {name: page.locator(f"#{name}").inner_text() for name in ("sent", "lost", "doubled")}
    print(f"plug: {counts}, acknowledged {page.locator('#acknowledged').inner_text()}")
    assert (counts["lost"], counts["doubled"]) == ("0", "0")
    assert page.locator("#acknowledged").inner_text() == counts["sent"]


@pytest.mark.parametrize(
    "look", [Look("en", "desktop", "light"), Look("zh-hans", "desktop", "light")], ids=str
)
def test_the_stage_shows_both_sides(browser: Browser, system: System, look: Look) -> None:
    window = open_window(browser, look)
    page = window.page
    page.set_viewport_size({"width": 1600, "height": 1000})
    page.goto(f"{system.origin}/demo")
    enter(window, f"{system.origin}/console/demo/people", "carol")
    console = page.frame_locator('iframe[name="console"]')
    expect(console.locator("body[data-ready]")).to_be_visible()
    phone = page.frame_locator('iframe[name="phone"]')
    phone.locator("bitp-chat button.launcher").click()
    text = {"en": "My withdrawal is still in review.", "zh-hans": "我的提现一直显示审核中。"}
    phone.locator("bitp-chat textarea").fill(text[look.language])
    phone.locator("bitp-chat textarea").press("Enter")
    console.locator(".row", has_text=text[look.language][:6]).first.click()
    expect(console.locator(".message", has_text=text[look.language])).to_be_visible()
    window.check("stage")


def test_the_bars_outlive_a_lost_connection(browser: Browser, system: System) -> None:
    window = open_window(browser, Look("en", "desktop", "light"))
    page = window.page
    page.goto(f"{system.origin}/demo")
    expect(page.locator("body > bitp-chat button.launcher")).to_be_visible()
    staff = bar_of(window, f"{system.origin}/console/demo/people")
    customers = bar_of(window, f"{system.origin}/demo/people")
    expect(staff.locator(".bar-code code")).to_have_count(4)
    expect(customers.locator(".bar-people li")).to_have_count(3)
    expect(customers.locator(".bar-code code")).to_have_count(0)

    code = staff.locator(".bar-code code").first
    code.evaluate("code => { code.textContent = 'old'; }")
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda each: each.url == staff.url):
        staff.evaluate("() => dispatchEvent(new Event('online'))")
    expect(code).to_have_text("old")
    page.context.set_offline(False)
    expect(code).to_have_text(re.compile(r"^\d{6}$"))


def bar_of(window: Window, address: str) -> Frame:
    """The bar of people above a frame."""
    return next(each for each in window.page.frames if each.url == address)


def enter(window: Window, bar: str, slug: str) -> None:
    """One click on a person above a frame."""
    bar_of(window, bar).locator(f'form[action$="/{slug}"] button').click()
