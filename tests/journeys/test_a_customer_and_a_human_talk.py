"""A customer and a human talk, from the first word to the next day, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.stage import Chat, Console, Look, Window, open_window
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


def test_a_person_who_left_is_told_by_mail_that_the_answer_came(
    browser: Browser, system: System
) -> None:
    import subprocess
    import sys

    from tests.survival.running import ROOT
    from tests.waiting import wait_for

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
    expect(reader.page.locator(".letter-text")).to_contain_text("回复")


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
    window.check("plug")
    counts = {name: page.locator(f"#{name}").inner_text() for name in ("sent", "lost", "doubled")}
    print(f"plug: {counts}, acknowledged {page.locator('#acknowledged').inner_text()}")
    assert (counts["lost"], counts["doubled"]) == ("0", "0")
    assert page.locator("#acknowledged").inner_text() == counts["sent"]


@pytest.mark.parametrize("look", [LOOKS[3], Look("zh-hans", "desktop", "light")], ids=str)
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


def enter(window: Window, bar: str, slug: str) -> None:
    """One click on a person above a frame."""
    frame = next(each for each in window.page.frames if each.url == bar)
    frame.locator(f'form[action$="/{slug}"] button').click()
