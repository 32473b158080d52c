"""Every state of the console: usable by everyone, on a desk, a tablet, a phone, and at 200 %."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.desk.console.at_work import (
    DESK,
    DOUBLE,
    HOSTILE,
    HOSTILE_NAME,
    PHONE,
    TABLET,
    Agent,
    SitDown,
    writes,
)
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.once]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "desk, English, light": ("carol", DESK),
    "desk, Chinese, dark": ("lin", {**DESK, "locale": "zh-CN", "color_scheme": "dark"}),
    "tablet, English, dark": ("carol", {**TABLET, "color_scheme": "dark"}),
    "phone, Chinese, light": ("lin", {**PHONE, "locale": "zh-CN"}),
    "phone, English, dark": ("carol", {**PHONE, "locale": "en-GB", "color_scheme": "dark"}),
    "200 %": ("carol", DOUBLE),
}
# These two differ in everything; the others are for the long run.
ALWAYS = ("desk, English, light", "phone, Chinese, light")
ROWS = ".list-rows .row"


def waiting_list(agent: Agent, reference: str) -> None:
    agent.open("/console/?view=all").wait_for_selector(ROWS)


def nothing_found(agent: Agent, reference: str) -> None:
    page = agent.open("/console/?view=resolved")
    page.locator("#search-words").fill("nobody of this name")
    page.locator("#list-state .empty").wait_for()


def conversation(agent: Agent, reference: str) -> None:
    agent.talk(reference)


def note_being_written(agent: Agent, reference: str) -> None:
    agent.talk(reference)
    agent.write("Ask Dave about 王伟", mode="note")


def who_is_asking(agent: Agent, reference: str) -> None:
    page = agent.talk(reference)
    if not page.locator("#context").is_visible():
        page.locator("#toggle-context").click()
    page.locator('[data-panel="past"]').wait_for()


def unsent(agent: Agent, reference: str) -> None:
    page = agent.talk(reference)
    agent.send("\x01")
    page.locator(".message-retry").first.wait_for()


def help_shown(agent: Agent, reference: str) -> None:
    page = agent.open()
    page.evaluate("document.getElementById('help').showModal()")


def missing(agent: Agent, reference: str) -> None:
    agent.open("/console/c/BP-2222-2222").locator("#conversation-state .empty").wait_for()


def not_loaded(agent: Agent, reference: str) -> None:
    page = agent.page
    page.route("**/console/data/c/**", lambda route: route.fulfill(status=500, body="{}"))
    agent.open(f"/console/c/{reference}").locator("#conversation-state .button").wait_for()
    page.unroute("**/console/data/c/**")


def locked(agent: Agent, reference: str) -> None:
    page = agent.talk(reference)
    page.evaluate(
        "token => fetch('/console/lock', {method: 'POST', headers: {'X-CSRFToken': token}})",
        agent.token(),
    )
    page.locator("#locked-way input[name=code]").wait_for()


STATES: list[Callable[[Agent, str], None]] = [
    waiting_list,
    nothing_found,
    conversation,
    note_being_written,
    who_is_asking,
    unsent,
    help_shown,
    missing,
    not_loaded,
    locked,
]


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(
    "looks",
    [pytest.param(name, marks=[] if name in ALWAYS else pytest.mark.slow) for name in LOOKS],
)
def test_no_state_shuts_anyone_out_or_scrolls_sideways(
    looks: str, system: System, sit_down: SitDown
) -> None:
    reference = writes(system, f"{HOSTILE_NAME} {looks}", *HOSTILE)
    slug, look = LOOKS[looks]
    agent = sit_down(slug, **look)
    for state in STATES:
        state(agent, reference)
        found = Axe().run(agent.page, options=STANDARD)
        assert found.violations_count == 0, f"{state.__name__}: {found.generate_report()}"
        assert fits(agent.page), state.__name__


def test_on_a_phone_one_pane_is_in_front_and_back_leads_back(
    system: System, sit_down: SitDown
) -> None:
    reference = writes(system, "Phone", "Hello")
    carol = sit_down("carol", **{**PHONE, "locale": "en-GB"})
    page = carol.page
    carol.row(reference).locator("a").click()
    expect(page.locator("#thread")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.get_by_role("button", name="Who is asking").click()
    expect(page.locator("#context")).to_be_visible()
    page.get_by_role("button", name="Back to the conversation").click()
    expect(page.locator("#composer")).to_be_visible()
    page.get_by_role("button", name="Back to the list").click()
    expect(carol.row(reference)).to_be_visible()
    carol.row(reference).locator("a").click()
    page.go_back()
    expect(carol.row(reference)).to_be_visible()


def test_at_double_size_there_is_room_to_read_and_to_write(
    system: System, sit_down: SitDown
) -> None:
    carol = sit_down("carol", **DOUBLE)
    page = carol.talk(writes(system, "Double", "Hello"))
    thread = page.locator("#thread").bounding_box()
    composer = page.locator("#composer-text").bounding_box()
    assert thread is not None
    assert composer is not None
    assert thread["height"] >= 120
    assert composer["y"] + composer["height"] <= DOUBLE["viewport"]["height"]  # type: ignore[index]


def test_the_keyboard_reaches_the_conversation_past_the_lists(
    system: System, sit_down: SitDown
) -> None:
    carol = sit_down("carol")
    page = carol.talk(writes(system, "Skipper", "Hello"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#conversation') !== null")
