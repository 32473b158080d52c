"""The widget before and at its first opening: what it costs, and what it leaves alone."""

from __future__ import annotations

import gzip
import urllib.request

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.survival.running import System
from tests.web.client.conftest import Desk, Host, button, open_chat, texts, window, write

pytestmark = pytest.mark.browser

LOADER_BYTES_MAX = 15_000
# All that a talk needs. What files need comes with the first file, and has a limit of its own.
ALL_BYTES_MAX = 40_000
FILES_BYTES_MAX = 6_000
REDACTION_BYTES_MAX = 12_000


def packed_bytes(system: System, path: str) -> int:
    with urllib.request.urlopen(f"{system.origin}{path}") as answer:
        return len(gzip.compress(answer.read(), 9))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_small(system: System, language: str) -> None:
    loader = packed_bytes(system, "/widget.js")
    names = ("app.js", f"{language}.js", "widget.css", "redact.js")
    parts = {name: packed_bytes(system, f"/widget/{name}") for name in names}
    everything = loader + sum(parts.values())
    print(f"widget: loader {loader}, {parts}, all {everything} bytes gzipped")
    assert loader <= LOADER_BYTES_MAX
    assert parts["redact.js"] <= REDACTION_BYTES_MAX
    assert everything <= ALL_BYTES_MAX
    assert sum(packed_bytes(system, f"/widget/files.{each}") for each in ("js", "css")) <= (
        FILES_BYTES_MAX
    )


def test_until_it_is_opened_there_is_a_button_and_nothing_else(
    context: BrowserContext, page: Page, host: Host
) -> None:
    asked: list[str] = []
    sockets: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(host.origin)
    expect(button(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    box = button(page).bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (56, 56)
    assert [url for url in asked if url.startswith(host.bitp)] == [f"{host.bitp}/widget.js"]
    assert sockets == []
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("Object.keys(window).filter((k) => /bitp/i.test(k))") == ["BitP"]


def test_a_site_with_a_strict_policy_embeds_it_without_a_violation(
    context: BrowserContext, page: Page, host: Host, carol: Desk
) -> None:
    open_chat(page, host.origin)
    expect(page.locator("bitp-chat .here")).to_contain_text("Carol")
    write(page, "From a shop with a strict policy")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    (message,) = carol.stored(text="a shop with a strict policy")
    carol.reply(reference=message["reference"], text="Welcome to the shop")
    expect(page.locator("bitp-chat .theirs .text")).to_have_text("Welcome to the shop")
    assert page.evaluate("violations") == []
    assert context.cookies() == []
    # The styles are there all the same.
    assert page.locator("bitp-chat .panel").evaluate("e => getComputedStyle(e).display") == "flex"
    assert page.wrong == []  # type: ignore[attr-defined]


def test_calls_made_before_it_loads_are_carried_out(page: Page, host: Host) -> None:
    page.add_init_script(
        "(window.BitP = window.BitP || []).push(['locale', 'zh-CN'], ['open', {topic: 'deposit'}])"
    )
    page.goto(host.origin)
    window(page)
    expect(page.locator("bitp-chat .help")).to_have_text("请问有什么可以帮您？")
    pressed = page.locator("bitp-chat .chip[aria-pressed=true]")
    expect(pressed).to_have_text("充值")


def test_when_it_cannot_load_the_button_says_so_and_tries_again(page: Page, host: Host) -> None:
    page.route("**/widget/app.js*", lambda route: route.abort())
    page.goto(host.origin)
    button(page).click()
    expect(page.locator("bitp-chat .failed")).to_contain_text("could not be loaded")
    page.unroute("**/widget/app.js*")
    open_chat(page)
    expect(page.locator("bitp-chat .failed")).to_be_hidden()


def test_the_talk_is_there_tomorrow(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    open_chat(page, f"{system.origin}/support")
    write(page, "I will be back tomorrow")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    page.close()
    # Another tab on another day: only what the browser keeps for good.
    later = context.new_page()
    open_chat(later, f"{system.origin}/")
    expect(later.locator("bitp-chat .bubble .text")).to_have_text("I will be back tomorrow")
    assert texts(later) == ["I will be back tomorrow"]


def test_going_to_another_page_of_the_site_leaves_it_as_it_was(
    page: Page, system: System, carol: Desk
) -> None:
    open_chat(page, f"{system.origin}/")
    page.goto(f"{system.origin}/support")
    window(page)
    page.keyboard.press("Escape")
    page.goto(f"{system.origin}/")
    expect(button(page)).to_be_visible()
    expect(page.locator("bitp-chat .panel")).to_be_hidden()
