"""Nobody is at the desk: the message is kept, and a mail tells that the answer came."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.stage import Chat, Look, open_window
from tests.survival.running import ROOT, System
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_person_who_left_is_told_by_mail_that_the_answer_came(
    browser: Browser, system: System
) -> None:
    customer = open_window(browser, Look("zh-hans", "phone", "light"))
    chat = Chat(customer).open(system.origin + "/")
    chat.say("请问什么时候有人在？")
    address = chat.root.locator("#bitp-email")
    address.fill("someone@example.com")
    address.press("Enter")
    expect(chat.message("替身客服").first).to_be_visible(timeout=12_000)
    chat.say("那我先走了，请回复我。")
    expect(chat.message("那我先走了").first).to_be_visible()
    customer.page.close()
    reader = open_window(browser, customer.look)

    def letter_came() -> bool:
        command = [sys.executable, "-P", "-m", "tests.journeys.hurry"]
        subprocess.run(command, env=system.errand_environment(), cwd=ROOT, check=True)
        reader.page.goto(f"{system.origin}/demo/mailbox")
        return "someone@example.com" in reader.page.content()

    wait_for(letter_came, 30)
    reader.check("mailbox")
    reader.page.locator("td a").first.click()
    expect(reader.page.locator(".letter-text")).to_contain_text("答复")
