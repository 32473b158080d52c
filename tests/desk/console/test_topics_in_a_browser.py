"""The topic at the console: guessed and marked so, corrected with one choice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.desk.console.at_work import SitDown, writes
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.once]


def test_carol_sees_that_a_topic_was_guessed_and_corrects_it(
    system: System, sit_down: SitDown
) -> None:
    carol = sit_down("carol")
    writes(system, "Alice Topic", "My withdrawal is stuck since noon, give me a human")
    carol.page.locator(".row", has_text="stuck since noon").locator("a").click()
    expect(carol.page.locator("#topic")).to_have_value("withdrawal")
    expect(carol.page.locator("#topic-guessed")).to_be_visible()
    expect(carol.page.get_by_text("The customer asks for a person")).to_be_visible()
    carol.page.locator("#topic").select_option("order")
    expect(carol.page.locator("#topic-guessed")).to_be_hidden()
    carol.page.reload()
    expect(carol.page.locator("#topic")).to_have_value("order")
    expect(carol.page.locator("#topic-guessed")).to_be_hidden()
