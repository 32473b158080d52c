"""The widget for everyone: screen readers, keyboards, phones, both languages and themes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.survival.running import System
from tests.web.client.conftest import (
    DESK,
    PHONE,
    Desk,
    button,
    open_chat,
    reference_of,
    until,
    watched,
    window,
    write,
)

pytestmark = pytest.mark.browser

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS: dict[str, dict[str, Any]] = {
    "desk, English, light": DESK,
    "phone, Chinese, dark": PHONE,
    "desk, Chinese, dark": {**DESK, "locale": "zh-CN", "color_scheme": "dark"},
    "phone, English, light": {**PHONE, "locale": "en-GB", "color_scheme": "light"},
}


# Two looks cover both languages, themes and sizes; the other two come with --all.
QUICK = ("desk, English, light", "phone, Chinese, dark")


@pytest.fixture(
    params=[each if each in QUICK else pytest.param(each, marks=pytest.mark.slow) for each in LOOKS]
)
def look(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A page as somebody sees it."""
    context = browser.new_context(**LOOKS[request.param])
    yield watched(context.new_page())
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE)
    yield watched(context.new_page())
    context.close()


def judge(page: Page, where: str) -> list[str]:
    """What axe finds wrong in the chat."""
    # What is still coming in is not what people read.
    page.wait_for_function("() => document.getAnimations().length === 0")
    results = Axe().run(page, context="bitp-chat", options=STANDARD).response
    return [
        f"{where}: {each['id']} {node['target']} {node['failureSummary']}"
        for each in results["violations"]
        for node in each["nodes"]
    ]


def test_no_screen_shuts_anyone_out(look: Page, system: System, carol: Desk) -> None:
    page = look
    page.goto(f"{system.origin}/support")
    button(page).wait_for()
    wrong = judge(page, "closed")
    open_chat(page)
    wrong += judge(page, "first screen")
    page.locator("bitp-chat .icon-button[aria-controls]").click()
    wrong += judge(page, "emoji")
    page.keyboard.press("Escape")
    write(page, "https://example.com ⟦removed:seed_phrase:12⟧ 你好")
    reference = reference_of(page)
    wrong += judge(page, "waiting")
    carol.take(reference=reference)
    carol.reply(reference=reference, text="Hello, this is Carol")
    page.locator("bitp-chat .theirs").wait_for()
    wrong += judge(page, "talking")
    page.locator("bitp-chat textarea").fill("好" * 8_001)
    wrong += judge(page, "too long")
    page.locator("bitp-chat textarea").fill("")
    carol.resolve(reference=reference)
    page.locator("bitp-chat .over").wait_for()
    wrong += judge(page, "settled")
    page.locator("bitp-chat .head .icon-button").first.click()
    page.locator("bitp-chat .talk-row").wait_for()
    wrong += judge(page, "list")
    page.route_web_socket("**/live", lambda line: line.close(code=4406))
    page.evaluate("BitP.close()")
    page.reload()
    open_chat(page)
    page.locator("bitp-chat .bar button").wait_for()
    wrong += judge(page, "outdated")
    assert wrong == [], "\n".join(wrong)
    assert page.wrong == []  # type: ignore[attr-defined]


def test_leaving_an_address_shuts_nobody_out(look: Page, system: System, desk: Desk) -> None:
    desk.come(present=False)
    open_chat(look, f"{system.origin}/support")
    write(look, "Hello")
    look.locator("bitp-chat .address input").wait_for()
    wrong = judge(look, "asking")
    look.locator("bitp-chat .address input").fill("x")
    look.locator("bitp-chat .address input").press("Enter")
    wrong += judge(look, "wrong address")
    assert wrong == [], "\n".join(wrong)


def test_trouble_shuts_nobody_out(look: Page, system: System) -> None:
    look.route("**/chat/ticket", lambda route: route.abort())
    open_chat(look, f"{system.origin}/support")
    look.locator("bitp-chat .trouble").wait_for()
    assert judge(look, "trouble") == []


def test_the_keyboard_alone_is_enough(page: Page, system: System, carol: Desk) -> None:
    page.goto(f"{system.origin}/support")
    button(page).focus()
    page.keyboard.press("Enter")
    window(page)
    expect(page.locator("bitp-chat textarea")).to_be_focused()
    page.keyboard.type("Typed by hand")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("on two lines")
    page.keyboard.press("Enter")
    expect(page.locator("bitp-chat .bubble .text")).to_have_text("Typed by hand\non two lines")
    expect(page.locator("bitp-chat textarea")).to_be_focused()
    # Our keys are ours: the page's own shortcuts do not hear them.
    page.evaluate("document.addEventListener('keydown', () => (window.heard = true))")
    page.keyboard.type("/")
    assert page.evaluate("window.heard") is None
    page.keyboard.press("Escape")
    expect(page.locator("bitp-chat .panel")).to_be_hidden()
    assert page.evaluate("document.activeElement.localName") == "bitp-chat"
    expect(button(page)).to_be_focused()


def test_on_a_phone_it_takes_the_whole_screen_and_keeps_focus_inside(
    phone: Page, system: System, carol: Desk
) -> None:
    open_chat(phone, f"{system.origin}/support")
    panel = phone.locator("bitp-chat .panel")
    until(phone, "document.getAnimations().length === 0")
    assert panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(panel).to_have_attribute("aria-modal", "true")
    # No keyboard opens by itself, and the page behind stays still.
    expect(phone.locator("bitp-chat #bitp-title")).to_be_focused()
    assert phone.evaluate("document.documentElement.style.overflow") == "hidden"
    inside = "document.activeElement.localName === 'bitp-chat'"
    for key in ["Tab"] * 40 + ["Shift+Tab"] * 45:
        phone.keyboard.press(key)
        assert phone.evaluate(inside), key
    phone.locator("bitp-chat .closer").click()
    assert phone.evaluate("document.documentElement.style.overflow") == ""


def test_targets_are_large_enough_for_a_finger(phone: Page, system: System, carol: Desk) -> None:
    open_chat(phone, f"{system.origin}/support")
    small = phone.locator("bitp-chat .panel button:visible").evaluate_all(
        """(all) => {
          const isSmall = (box) => box.height < 44 || box.width < 40;
          const small = all.filter((each) => isSmall(each.getBoundingClientRect()));
          return small.map((each) => each.getAttribute("aria-label") || each.textContent);
        }"""
    )
    assert small == []


def test_it_follows_the_theme_of_our_own_pages(page: Page, system: System, carol: Desk) -> None:
    open_chat(page, f"{system.origin}/support")
    panel = page.locator("bitp-chat .panel")
    shown = "(e) => getComputedStyle(e).backgroundColor"
    assert panel.evaluate(shown) == "rgb(255, 255, 255)"
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    expect(page.locator("bitp-chat")).to_have_attribute("data-theme", "dark")
    assert panel.evaluate(shown) == "rgb(23, 28, 27)"


def test_nothing_moves_for_whoever_asked_for_that(
    browser: Browser, system: System, carol: Desk
) -> None:
    context = browser.new_context(**DESK)
    page = context.new_page()
    open_chat(page, f"{system.origin}/support")
    moving = """(all) => all.filter((e) => {
      const style = getComputedStyle(e);
      return style.animationName !== "none" || style.transitionDuration !== "0s";
    }).length"""
    assert page.locator("bitp-chat .panel, bitp-chat .panel *").evaluate_all(moving) == 0
    context.close()


def test_the_language_changes_while_it_is_open(page: Page, system: System, carol: Desk) -> None:
    open_chat(page, f"{system.origin}/support")
    expect(page.locator("bitp-chat .help")).to_have_text("How can we help?")
    page.evaluate("BitP.locale('zh-CN')")
    expect(page.locator("bitp-chat .help")).to_have_text("请问有什么可以帮您？")
    expect(page.locator("bitp-chat")).to_have_attribute("lang", "zh-Hans")
    expect(button(page)).to_have_attribute("aria-label", "联系人工客服")


def test_new_messages_are_read_aloud_and_old_ones_are_not(
    page: Page, system: System, carol: Desk
) -> None:
    open_chat(page, f"{system.origin}/support")
    write(page, "Hello")
    reference = reference_of(page)
    carol.reply(reference=reference, text="Hello, this is Carol")
    page.locator("bitp-chat .theirs").wait_for()
    # It is a log, which readers read politely as it grows; drawn again, nothing in it is new.
    log = page.get_by_role("log", name="Messages")
    expect(log).to_have_count(1)
    assert log.get_attribute("aria-busy") is None
    page.evaluate(
        """() => {
          window.added = 0;
          const log = document.querySelector("bitp-chat").shadowRoot.querySelector(".rows");
          new MutationObserver((all) => all.forEach((each) => (added += each.addedNodes.length)))
            .observe(log, { childList: true, subtree: true });
        }"""
    )
    carol.reply(reference=reference, text="One more")
    expect(page.locator("bitp-chat .theirs .text").last).to_have_text("One more")
    spoken = page.locator("bitp-chat .theirs .spoken").first.inner_text()
    assert spoken.startswith("Carol, ")
    assert page.locator("bitp-chat .row").count() == 3


def test_a_secret_leaves_the_browser_as_a_mask(page: Page, system: System, carol: Desk) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    frames: list[str] = []
    page.on("websocket", lambda line: line.on("framesent", lambda text: frames.append(str(text))))
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or ""))
    open_chat(page, f"{system.origin}/support")
    page.locator("bitp-chat textarea").fill(f"My words are {phrase}")
    # The draft that is kept has no secret either.
    until(page, "Object.keys(localStorage).some((k) => k.includes('draft'))")
    assert "sausage" not in page.evaluate("JSON.stringify(localStorage)")
    page.locator("bitp-chat textarea").press("Enter")
    expect(page.locator("bitp-chat .mask")).to_have_text("seed phrase removed")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    assert any('"send"' in each and "removed:seed_phrase" in each for each in frames)
    assert not any("sausage" in each for each in frames + bodies)
    (message,) = carol.stored(text="My words are")
    assert "sausage" not in message["text"]
