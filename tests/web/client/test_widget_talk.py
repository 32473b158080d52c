"""Talking through the widget: with a person who answers in the same system."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.survival.running import System
from tests.waiting import wait_for
from tests.web.client.conftest import (
    Desk,
    button,
    open_chat,
    reference_of,
    script,
    texts,
    until,
    window,
    write,
)

pytestmark = pytest.mark.browser


def field(page: Page) -> Locator:
    return page.locator("bitp-chat .composer textarea")


def begin(page: Page, system: System, text: str) -> str:
    """Opens the chat on our site and says something; the conversation's reference."""
    open_chat(page, f"{system.origin}/support")
    write(page, text)
    return reference_of(page)


def test_a_talk_from_the_queue_to_the_end(page: Page, system: System, carol: Desk) -> None:
    open_chat(page, f"{system.origin}/support")
    expect(page.locator("bitp-chat .here")).to_contain_text("Carol")
    page.locator("bitp-chat .chip", has_text="Deposit").click()
    write(page, "My deposit is late: https://example.com/tx.")
    reference = reference_of(page)
    expect(page.locator("bitp-chat .queue")).to_contain_text("You are number")
    assert carol.stored(text="My deposit is late")[0]["topic"] == "deposit"

    carol.take(reference=reference)
    expect(page.locator("bitp-chat .head-name")).to_have_text("Carol")
    expect(page.locator("bitp-chat .head-role")).to_have_text(f"a person · {reference}")
    expect(page.locator("bitp-chat .queue")).to_be_hidden()
    expect(page.locator("bitp-chat .system")).to_have_text("Carol joined")
    carol.reply(reference=reference, text="A note about Mallory", note=True)
    number = carol.reply(reference=reference, text="Two of three confirmations")
    expect(page.locator("bitp-chat .theirs .text")).to_have_text("Two of three confirmations")
    assert "Mallory" not in page.locator("bitp-chat .panel").inner_text()

    carol.read(reference=reference, number=number)
    expect(page.locator("bitp-chat .ours .state")).to_have_class("state read")
    link = page.locator("bitp-chat .ours a")
    assert link.get_attribute("href") == "https://example.com/tx"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"

    carol.resolve(reference=reference)
    expect(page.locator("bitp-chat .over")).to_contain_text("This conversation is settled")
    expect(field(page)).to_be_hidden()
    page.get_by_role("button", name="Open it again").click()
    expect(field(page)).to_be_visible()
    expect(page.locator("bitp-chat .system").last).to_contain_text("opened again")


@pytest.mark.parametrize(
    ("how", "sends"),
    [
        ({"isComposing": True, "keyCode": 13}, False),
        ({"keyCode": 229}, False),
        ({"keyCode": 13, "after": "compositionend"}, False),
        ({"keyCode": 13, "shiftKey": True}, False),
        ({"keyCode": 13}, True),
    ],
    ids=["composing", "process key", "Safari's order", "shift", "plain"],
)
def test_the_enter_that_ends_a_composition_does_not_send(
    page: Page, system: System, carol: Desk, how: dict[str, object], sends: bool
) -> None:
    open_chat(page, f"{system.origin}/support")
    word = f"输入法{re.sub(r'[^0-9]', '', str(id(how)))}"
    field(page).fill(word)
    field(page).evaluate(script("enter"), how)
    if sends:
        expect(page.locator("bitp-chat .bubble .text")).to_have_text(word)
    else:
        assert field(page).input_value() == word
        assert page.locator("bitp-chat .bubble").count() == 0
        assert carol.stored(text=word) == []


def test_what_is_written_offline_goes_out_once_after_a_reload(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    reference = begin(page, system, "Before the tunnel")
    context.set_offline(True)
    page.route_web_socket("**/live", lambda socket: socket.close(code=1001))
    until(page, "dispatchEvent(new Event('offline'))")
    expect(page.locator("bitp-chat .bar")).to_contain_text("No connection", timeout=30_000)
    write(page, "In the tunnel, one")
    write(page, "In the tunnel, two")
    expect(page.locator("bitp-chat .state.waiting")).to_have_count(2)
    # The bar takes its own room: the first thing below it begins where it ends.
    bar = page.locator("bitp-chat .bar").bounding_box()
    log = page.locator("bitp-chat .talk").bounding_box()
    assert bar is not None
    assert log is not None
    assert bar["y"] + bar["height"] <= log["y"] + 0.5
    context.set_offline(False)
    other = context.new_page()
    page.close()
    open_chat(other, f"{system.origin}/")
    expect(other.locator("bitp-chat .bubble .text")).to_have_text(
        ["Before the tunnel", "In the tunnel, one", "In the tunnel, two"]
    )
    expect(other.locator("bitp-chat .state.sent")).not_to_have_count(0)
    expect(other.locator("bitp-chat .state.sending")).to_have_count(0)
    stored = carol.stored(text="In the tunnel")
    assert [each["text"] for each in stored] == ["In the tunnel, one", "In the tunnel, two"]
    assert {each["reference"] for each in stored} == {reference}


def test_two_tabs_show_the_same_talk(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    begin(page, system, "From the first tab")
    other = context.new_page()
    open_chat(other, f"{system.origin}/")
    expect(other.locator("bitp-chat .bubble .text")).to_have_text(["From the first tab"])
    write(other, "From the second tab")
    for tab in (page, other):
        expect(tab.locator("bitp-chat .bubble .text")).to_have_text(
            ["From the first tab", "From the second tab"]
        )
    expect(other.locator("bitp-chat .state.sent").last).to_be_visible()
    assert len(carol.stored(text="From the second tab")) == 1


def test_a_closed_window_counts_what_it_missed(page: Page, system: System, carol: Desk) -> None:
    reference = begin(page, system, "I am waiting")
    page.keyboard.press("Escape")
    expect(page.locator("bitp-chat .panel")).to_be_hidden()
    assert button(page).evaluate("(e) => e.getRootNode().activeElement === e")
    carol.reply(reference=reference, text="Here I am")
    expect(page.locator("bitp-chat .count")).to_have_text("1")
    expect(button(page)).to_have_accessible_name("Chat with a person, 1 new message")
    button(page).click()
    expect(page.locator("bitp-chat .count")).to_be_hidden()


def test_a_draft_waits_and_the_next_page_has_it(page: Page, system: System, carol: Desk) -> None:
    begin(page, system, "First")
    field(page).fill("half a sentence")
    page.goto(f"{system.origin}/")
    window(page)
    expect(field(page)).to_have_value("half a sentence")


def test_typing_is_seen_both_ways(page: Page, system: System, carol: Desk) -> None:
    lines: list[WebSocketRoute] = []
    heard: list[str] = []

    def between(line: WebSocketRoute) -> None:
        server = line.connect_to_server()
        lines.append(line)

        def pass_on(text: str | bytes) -> None:
            heard.append(str(text))
            server.send(text)

        line.on_message(pass_on)

    page.route_web_socket("**/live", between)
    reference = begin(page, system, "Hello")
    frame = {"t": "typing", "conversation": reference, "who": "agent", "name": "Carol", "on": True}
    lines[-1].send(json.dumps(frame))
    expect(page.locator("bitp-chat .typing")).to_have_text("Carol is typing")
    lines[-1].send(json.dumps({**frame, "on": False}))
    expect(page.locator("bitp-chat .typing")).to_have_text("")
    field(page).press_sequentially("abc")
    typing = {"t": "typing", "conversation": reference, "on": True}
    wait_for(lambda: typing in [json.loads(each) for each in heard])
    assert sum('"typing"' in each for each in heard) == 1


def test_several_talks_are_listed(page: Page, system: System, carol: Desk) -> None:
    begin(page, system, "About a deposit")
    page.get_by_role("button", name="Back").click()
    write(page, "About an order")
    reference_of(page)
    page.get_by_role("button", name="Back").click()
    rows = page.locator("bitp-chat .talk-row")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("About an order")
    rows.last.click()
    expect(page.locator("bitp-chat .bubble .text")).to_have_text("About a deposit")


def test_nobody_there_an_address_is_left(page: Page, system: System, desk: Desk) -> None:
    desk.come(present=False)
    open_chat(page, f"{system.origin}/support")
    expect(page.locator("bitp-chat .wait")).to_contain_text("Nobody is at the desk right now")
    write(page, "Please answer by mail")
    email = page.get_by_label("Where should we tell you")
    email.fill("not an address")
    email.press("Enter")
    expect(page.locator("bitp-chat .wrong")).to_contain_text("does not look like")
    before = desk.mails()
    email.fill("bob@example.com")
    email.press("Enter")
    expect(page.locator("bitp-chat .address")).to_have_text(
        "We will write to bob@example.com when the answer comes."
    )
    assert desk.mails() == before + 1


def test_the_stand_in_is_never_taken_for_a_person(page: Page, system: System, desk: Desk) -> None:
    desk.come(present=False)
    begin(page, system, "Is there a person?")
    role = page.locator("bitp-chat .head-role", has_text="stand-in")
    expect(role).to_contain_text("not a person", timeout=15_000)
    expect(page.locator("bitp-chat .theirs .name").first).to_contain_text("not a person")
    expect(page.get_by_label("Where should we tell you")).to_be_visible()


def test_hostile_text_is_only_text(page: Page, system: System, carol: Desk) -> None:
    page.add_init_script("window.hacked = 0")
    payload = (
        "<img src=x onerror='hacked=1'><script>hacked=1</script> **b** [a](javascript:hacked=1)"
    )
    reference = begin(page, system, payload)
    carol.reply(reference=reference, text=f"{payload} \u202egpj.exe \u200bzero")
    expect(page.locator("bitp-chat .theirs .text")).to_contain_text("<img src=x")
    assert texts(page)[0] == payload
    assert page.locator("bitp-chat .bubble :is(img, script, b, a)").count() == 0
    assert page.evaluate("hacked") == 0
    # What reorders text stays inside its own bubble.
    assert page.locator("bitp-chat .text").last.evaluate(
        "(e) => getComputedStyle(e).unicodeBidi"
    ) in ("isolate", "isolate-override", "plaintext")


def test_a_message_too_long_is_not_sent_and_says_why(
    page: Page, system: System, carol: Desk
) -> None:
    open_chat(page, f"{system.origin}/support")
    field(page).fill("好" * 8_003)
    expect(page.locator("bitp-chat .hint")).to_contain_text("3 characters too many")
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    field(page).press("Enter")
    assert page.locator("bitp-chat .bubble").count() == 0
    field(page).fill("好" * 8_000)
    field(page).press("Enter")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()


def test_what_the_server_refuses_is_shown_with_its_reason(
    page: Page, system: System, carol: Desk
) -> None:
    open_chat(page, f"{system.origin}/support")
    # Only control characters: nothing is left of it on the server.
    write(page, "a\x01".replace("a", "\x02"))
    expect(page.locator("bitp-chat .reason")).to_contain_text("Not sent")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator("bitp-chat .reason")).to_have_count(0)


def test_a_long_talk_is_read_backwards(page: Page, system: System, carol: Desk) -> None:
    reference = begin(page, system, "0")
    for number in range(1, 61):
        carol.reply(reference=reference, text=f"number {number}")
    page.reload()
    window(page)
    expect(page.locator("bitp-chat .bubble .text").last).to_have_text("number 60")
    assert len(texts(page)) == 50
    page.get_by_role("button", name="Show earlier messages").click()
    expect(page.locator("bitp-chat .bubble .text").first).to_have_text("0")
    assert texts(page)[1:] == [f"number {n}" for n in range(1, 61)]
    expect(page.get_by_role("button", name="Show earlier messages")).to_be_hidden()


def test_an_emoji_goes_where_the_cursor_is(page: Page, system: System, carol: Desk) -> None:
    open_chat(page, f"{system.origin}/support")
    field(page).fill("ab")
    field(page).evaluate("(e) => e.setSelectionRange(1, 1)")
    page.get_by_role("button", name="Insert an emoji").click()
    page.get_by_role("button", name="👍").click()
    expect(field(page)).to_have_value("a👍b")
    page.keyboard.press("Escape")
    expect(page.locator("bitp-chat .emoji")).to_be_hidden()
    expect(page.locator("bitp-chat .panel")).to_be_visible()


def test_the_link_in_a_mail_leads_to_its_conversation(
    page: Page, system: System, carol: Desk
) -> None:
    first = begin(page, system, "The first matter")
    page.get_by_role("button", name="Back").click()
    write(page, "The second matter")
    page.keyboard.press("Escape")
    page.goto(f"{system.origin}/support?conversation={first}#chat")
    expect(page.locator("bitp-chat .head-role")).to_contain_text(first)
    expect(page.locator("bitp-chat .bubble .text")).to_have_text("The first matter")
