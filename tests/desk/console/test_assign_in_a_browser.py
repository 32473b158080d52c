"""Assigning at the console: by the keyboard, to oneself or a colleague, against a faster one."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.desk.console.at_work import Agent, SitDown, writes
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def carol(sit_down: SitDown) -> Agent:
    return sit_down("carol")


@pytest.fixture
def dave(sit_down: SitDown) -> Agent:
    return sit_down("dave")


def choose(page: Page, name: str) -> None:
    page.locator("#assign-people .choice", has_text=name).locator("input").check()


def test_by_two_keys_it_is_ones_own(system: System, carol: Agent) -> None:
    page = carol.talk(writes(system, "Two keys", "Hello"))
    page.keyboard.press("a")
    expect(page.locator("#assign-people input").first).to_be_focused()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Enter")
    expect(page.locator("#assignee")).to_have_text("yours")
    expect(page.locator("#assign-sheet")).to_be_hidden()


def test_dave_gets_it_with_the_summary_before_his_eyes(
    system: System, carol: Agent, dave: Agent
) -> None:
    reference = writes(system, "Handed over", "Hello")
    page = carol.talk(reference)
    carol.act("take").click()
    carol.act("release").wait_for()
    carol.write("an answer half written")
    page.locator("#thread").focus()
    page.keyboard.press("a")
    choose(page, "Dave")
    page.locator("#assign-summary").fill("He sent it on the wrong network.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#assignee")).to_have_text("with Dave")
    expect(page.locator("#composer-text")).to_have_value("an answer half written")
    told = dave.page.locator(".toast", has_text=reference)
    expect(told).to_contain_text("Carol gave you")
    expect(told).to_contain_text("He sent it on the wrong network.")
    told.get_by_role("button", name="Open").click()
    expect(dave.message("He sent it on the wrong network.")).to_be_in_viewport()
    expect(dave.page.locator(".message-system", has_text="Carol gave it to Dave")).to_be_visible()
    expect(dave.page.locator("#assignee")).to_have_text("yours")


def test_who_is_slower_is_told_and_keeps_the_summary(
    system: System, carol: Agent, dave: Agent
) -> None:
    reference = writes(system, "Two givers", "Hello")
    page = carol.talk(reference)
    page.keyboard.press("a")
    choose(page, "Dave")
    page.locator("#assign-summary").fill("mine to give")
    dave.talk(reference)
    dave.act("take").click()
    dave.act("release").wait_for()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#assign-error")).to_contain_text("Somebody else has this conversation")
    expect(page.locator("#assign-summary")).to_have_value("mine to give")
    expect(page.locator("#assign-people")).not_to_contain_text("Dave")
    expect(dave.message("mine to give")).to_have_count(0)
