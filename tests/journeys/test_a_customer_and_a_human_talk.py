"""A customer and a human talk, from the first word to the next day, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.stage import Chat, Console, Look, open_window
from tests.survival.running import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

LOOKS = [
    Look("zh-hans", "phone", "light"),
    Look("zh-hans", "desktop", "dark"),
    Look("en", "phone", "dark"),
    Look("en", "desktop", "light"),
]
WORDS = {
    "zh-hans": {
        "agent": "lin",
        "name": "林静",
        "asks": "您好，我昨天充值的 USDT 还没有到账，麻烦看一下 https://example.com/tx/1",
        "answers": "您好，我是林静，正在查这笔充值，请稍等。",
        "note": "内部备注：先核对网络",
        "again": "好的，谢谢，我等您。",
        "place": "第 1 位",
    },
    "en": {
        "agent": "carol",
        "name": "Carol",
        "asks": "Hello, my USDT deposit of yesterday is missing, see https://example.com/tx/1",
        "answers": "Hello, this is Carol. I am looking at the deposit now.",
        "note": "internal: check the network first",
        "again": "Thank you, I will wait here.",
        "place": "You are number",
    },
}


@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_they_talk(browser: Browser, system: System, look: Look) -> None:
    words = WORDS[look.language]
    customer = open_window(browser, look)
    agent = open_window(browser, Look(look.language, "desktop", look.theme))
    console = Console(agent, system.origin, words["agent"])

    chat = Chat(customer).open(system.origin + "/")
    expect(chat.root.get_by_text(words["name"])).to_be_visible()
    customer.check("chat-start")
    chat.say(words["asks"])
    expect(chat.message(words["asks"][:12])).to_be_visible()
    link = chat.root.locator('.log a[href="https://example.com/tx/1"]')
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(chat.root).to_contain_text(words["place"] if look.language == "en" else "位")

    answer(console, chat, words)
    customer.check("chat-talk")
    agent.check("console")
    come_back(browser, system, chat, words)
    settle(console, chat, words)
    assert customer.faults == []
    assert agent.faults == []


def answer(console: Console, chat: Chat, words: dict[str, str]) -> None:
    """The agent takes the conversation, notes, types, answers; both see the marks."""
    console.row(words["asks"][:8]).first.click()
    console.act("take").click()
    expect(chat.root.get_by_text(words["name"]).first).to_be_visible()
    console.write(words["note"], "note")
    console.send()
    expect(console.message(words["note"])).to_be_visible()
    console.write(words["answers"])
    expect(chat.root.locator(".typing")).to_be_visible()
    console.send()
    expect(chat.message(words["answers"])).to_be_visible()
    expect(console.message(words["answers"]).locator('[data-state="read"]')).to_be_visible()
    assert words["note"] not in chat.root.inner_text()


def come_back(browser: Browser, system: System, chat: Chat, words: dict[str, str]) -> None:
    """The tab is closed; in a new one the conversation is there."""
    old = chat.window
    tab = open_window(browser, old.look, old.page.context)
    old.page.close()
    again = Chat(tab)
    tab.page.goto(system.origin + "/support")
    again.root.locator("button.launcher").click()
    again.root.get_by_text(words["answers"][:10]).first.wait_for()
    chat.window, chat.root, chat.field = tab, again.root, again.field


def settle(console: Console, chat: Chat, words: dict[str, str]) -> None:
    """Resolved by the agent; the customer writes once more, and it is open again."""
    chat.root.get_by_text(words["answers"][:10]).first.click()
    console.act("resolve").click()
    expect(console.act("reopen")).to_be_visible()
    expect(chat.root.locator(".log")).to_contain_text(words["name"])
    console.act("reopen").click()
    expect(console.act("resolve")).to_be_visible()
    chat.say(words["again"])
    expect(console.message(words["again"])).to_be_visible()
