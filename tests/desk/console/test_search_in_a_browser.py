"""Searching at the console: the keyboard alone, both languages, every state, clean for axe."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect

from bitp.desk.search.changes import REASON_CHARACTERS_MIN
from tests.desk.console.at_work import HOSTILE, PHONE, Agent, SitDown, writes
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def carol(sit_down: SitDown) -> Agent:
    return sit_down("carol")


def sheet(page: Page) -> Locator:
    return page.locator("#search-sheet")


def look_for(page: Page, words: str) -> Locator:
    """Opens the search by its key and types; the results."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    return page.locator("#search-results .search-link")


def check_axe(page: Page) -> None:
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_keyboard_alone_finds_and_opens_an_old_message(system: System, carol: Agent) -> None:
    texts = [f"line {number}" for number in range(70)]
    reference = writes(system, "Needle", "the zebrafish deposit 没有到账", *texts)
    page = carol.open()
    page.keyboard.press("/")
    page.keyboard.type("zebraf 到账")
    results = page.locator("#search-results .search-link")
    expect(results).to_have_count(1)
    expect(results.locator("mark")).to_have_text(["zebrafish", "到账"])
    expect(page.locator("#search-says")).to_have_text("1 found")
    check_axe(page)
    page.keyboard.press("ArrowDown")
    expect(results).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-query")).to_be_focused()
    page.keyboard.press("Enter")
    expect(sheet(page)).to_be_hidden()
    expect(page.locator("#reference")).to_have_text(reference)
    expect(page.locator(".message-shown")).to_contain_text("zebrafish")
    expect(page.locator(".message-shown")).to_be_in_viewport()
    page.keyboard.press("Control+k")
    expect(page.locator("#search-query")).to_have_value("zebraf 到账")
    page.keyboard.press("Escape")
    expect(sheet(page)).to_be_hidden()


def test_filters_narrow_what_is_found(system: System, carol: Agent) -> None:
    first = writes(system, "Filter one", "quokka in the garden")
    writes(system, "Filter two", "quokka on the roof")
    page = carol.talk(first)
    carol.send("quokka noted", mode="note")
    carol.message("quokka noted").wait_for()
    results = look_for(page, "quokka")
    expect(results).to_have_count(2)
    page.get_by_label("Only from Filter one").check()
    expect(results).to_have_count(1)
    expect(page.locator(".search-note")).to_have_count(1)
    page.get_by_label("Notes", exact=True).select_option("none")
    expect(results).to_contain_text("in the garden")
    page.get_by_label("Until").fill("2020-01-01")
    expect(page.locator("#search-results")).to_contain_text("Nothing found")
    check_axe(page)


def test_a_person_is_found_by_name(system: System, carol: Agent) -> None:
    reference = writes(system, "Wolfgang Amadeus", "hello")
    results = look_for(carol.open(), "wolfgang")
    expect(results).to_contain_text(reference)
    expect(carol.page.locator(".search-heading")).to_have_text("People")


def test_each_state_says_what_it_is(system: System, carol: Agent) -> None:
    writes(system, "Somebody", "my deposit is late")
    page = carol.open()
    page.keyboard.press("/")
    expect(page.locator("#search-results")).to_contain_text("Search all conversations")
    check_axe(page)
    page.keyboard.type("?!")
    expect(page.locator("#search-results")).to_contain_text("There is no word in that")
    page.locator("#search-query").fill(" ".join(f"w{number}" for number in range(30)))
    expect(page.locator("#search-results")).to_contain_text("Please use fewer words")
    page.context.set_offline(True)
    page.locator("#search-query").fill("deposit")
    expect(page.locator("#search-results")).to_contain_text("No connection")
    page.context.set_offline(False)
    page.locator("#search-results").get_by_role("button", name="Try again").click()
    expect(page.locator("#search-results .search-link").first).to_be_visible()

    def fail(route: Route) -> None:
        route.fulfill(status=500, body="")

    page.route("**/console/data/search*", fail)
    page.locator("#search-query").fill("withdrawal")
    expect(page.locator("#search-results")).to_contain_text("The search did not work")


def test_what_customers_write_stays_text_in_the_results(system: System, carol: Agent) -> None:
    writes(system, "Mallory", *[f"platypus {text}" for text in HOSTILE[:4]])
    page = carol.open()
    title = page.title()
    results = look_for(page, "platypus owned")
    expect(results).to_have_count(1)
    expect(results.locator("img, script, a")).to_have_count(0)
    assert page.title() == title


def test_a_supervisor_gives_a_reason_to_search_everything(
    system: System, sit_down: SitDown
) -> None:
    writes(system, "Wide", "capybara sighted")
    dave = sit_down("dave")
    results = look_for(dave.open(), "capybara")
    expect(results).to_have_count(1)
    reason = dave.page.locator("#search-reason")
    reason.fill("x" * (REASON_CHARACTERS_MIN - 1))
    reason.press("Enter")
    expect(dave.page.locator("#search-wide")).not_to_have_class("search-is-wide")
    reason.fill("Police request 2231")
    reason.press("Enter")
    expect(dave.page.locator("#search-wide")).to_contain_text("You search everything")
    expect(results).to_have_count(1)
    check_axe(dave.page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_reads_well_on_a_phone_and_in_chinese(
    system: System, sit_down: SitDown, scheme: str
) -> None:
    writes(system, "陈晓", "我昨天充值的 USDT 还没有到账，请帮忙查一下")
    looks = {**PHONE, "locale": "zh-CN", "color_scheme": scheme}
    page = sit_down("lin", **looks).open()
    page.locator("#open-search").click()
    page.locator("#search-query").fill("充值")
    expect(page.locator("#search-results mark").first).to_have_text("充值")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    check_axe(page)
