"""A shift at the console in a real browser, with customers, colleagues and bad luck."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.desk.console.at_work import HOSTILE, HOSTILE_NAME, SUBMIT, Agent, SitDown, writes
from tests.survival.running import System, kill
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def carol(sit_down: SitDown) -> Agent:
    return sit_down("carol")


@pytest.fixture
def dave(sit_down: SitDown) -> Agent:
    return sit_down("dave")


LOCK = "token => fetch('/console/lock', {method: 'POST', headers: {'X-CSRFToken': token}})"


def customer_page(browser: Browser, system: System) -> Page:
    page = browser.new_context(locale="en-GB", viewport={"width": 900, "height": 800}).new_page()
    page.goto(system.origin)
    page.evaluate("BitP.open()")
    page.locator("bitp-chat .composer textarea").wait_for()
    return page


def test_a_customer_writes_and_carol_answers(
    browser: Browser, system: System, carol: Agent
) -> None:
    customer = customer_page(browser, system)
    composer = customer.locator("bitp-chat .composer textarea")
    composer.fill("Where are my 12.5 USDT?")
    composer.press("Enter")
    row = carol.page.locator(".row", has_text="Where are my 12.5 USDT?")
    row.locator("a").click()
    expect(carol.page.locator("#contact-presence")).to_be_visible()
    carol.act("take").click()
    expect(carol.page.locator("#assignee")).to_have_text("yours")
    composer.press_sequentially("are you there", delay=20)
    expect(carol.page.locator("#thread-typing")).to_contain_text("is typing")
    carol.send("secret note about fraud", mode="note")
    carol.send("Carol here, I am looking into it.")
    expect(customer.get_by_text("Carol here, I am looking into it.")).to_be_visible()
    expect(carol.state_of("Carol here")).to_have_attribute("data-state", "read")
    expect(customer.get_by_text("secret note")).to_have_count(0)
    expect(carol.page.locator("#status")).to_have_text("Waiting on customer")
    customer.context.close()


def test_lists_and_counts_follow_without_a_reload(
    system: System, carol: Agent, dave: Agent
) -> None:
    before = int(carol.count("waiting").inner_text())
    reference = writes(system, "Lists", "Is anybody here?")
    for agent in (carol, dave):
        expect(agent.row(reference)).to_contain_text("Is anybody here?")
        expect(agent.count("waiting")).to_have_text(str(before + 1))
    carol.row(reference).locator("a").click()
    carol.act("take").click()
    expect(dave.row(reference)).to_have_count(0)
    expect(dave.count("waiting")).to_have_text(str(before))
    # Under Carol's eyes the row stays where it was.
    expect(carol.row(reference)).to_contain_text("You")
    expect(carol.count("mine")).not_to_have_text("0")


def test_only_one_of_two_gets_a_conversation(system: System, carol: Agent, dave: Agent) -> None:
    reference = writes(system, "Two takers", "Hello")
    dave.talk(reference)
    dave.page.context.set_offline(True)
    carol.talk(reference)
    carol.act("take").click()
    carol.act("release").wait_for()
    dave.act("take").click()
    expect(dave.page.locator(".toast")).to_contain_text("No connection")
    dave.page.context.set_offline(False)
    expect(dave.page.locator("#assignee")).to_have_text("with Carol")


def test_who_writes_is_told_that_a_colleague_replied(
    system: System, carol: Agent, dave: Agent
) -> None:
    reference = writes(system, "Two writers", "Hello")
    carol.talk(reference)
    dave.talk(reference)
    dave.write("Dave's answer")
    carol.send("Carol's answer")
    dave.message("Carol's answer").wait_for()
    dave.page.locator("#composer-text").press("Control+Enter")
    warning = dave.page.locator("#composer-warning")
    expect(warning).to_contain_text("Carol replied while you were writing.")
    expect(dave.message("Dave's answer")).to_have_count(0)
    warning.get_by_role("button", name="Send anyway").click()
    expect(carol.message("Dave's answer")).to_be_visible()


def test_a_message_written_while_live_is_down_arrives_once(
    system: System, carol: Agent, dave: Agent
) -> None:
    reference = writes(system, "Unlucky", "Hello")
    dave.talk(reference)
    carol.talk(reference)
    kill(system.pid("live"))
    carol.send("written into the storm")
    expect(carol.message("written into the storm")).to_have_count(1)
    expect(carol.state_of("written into the storm")).to_have_attribute("data-state", "sent")
    expect(dave.message("written into the storm")).to_have_count(1)
    carol.page.reload()
    expect(carol.message("written into the storm")).to_have_count(1)


def test_what_is_unsent_survives_a_reload_and_leaves_when_the_network_is_back(
    system: System, carol: Agent, dave: Agent
) -> None:
    reference = writes(system, "Tunnel", "Hello")
    dave.talk(reference)
    carol.talk(reference)
    carol.page.route("**/live**", lambda route: route.abort())
    carol.page.context.set_offline(True)
    carol.send("from the tunnel")
    expect(carol.state_of("from the tunnel")).to_have_attribute("data-state", "sending")
    expect(carol.page.locator("#connection")).to_contain_text("No connection", timeout=20_000)
    carol.page.context.set_offline(False)
    carol.page.unroute("**/live**")
    carol.page.reload()
    expect(carol.state_of("from the tunnel")).to_have_attribute("data-state", "sent")
    expect(dave.message("from the tunnel")).to_have_count(1)


def test_a_refused_message_says_why_and_goes_back_to_the_composer(
    system: System, carol: Agent
) -> None:
    carol.talk(writes(system, "Refused", "Hello"))
    # Nothing is left of it on the server; no keyboard types it.
    carol.send("\x01\x02")
    message = carol.page.locator(".message").last
    expect(message.locator(".message-state")).to_have_attribute("data-state", "failed")
    expect(message).to_contain_text("There is nothing to send yet.")
    message.get_by_role("button", name="Edit").click()
    expect(carol.page.locator(".message")).to_have_count(1)
    expect(carol.page.locator("#composer-text")).to_have_value("\x01\x02")


def test_half_a_character_blocks_nothing(system: System, carol: Agent) -> None:
    carol.talk(writes(system, "Half", "Hello"))
    carol.page.evaluate("document.getElementById('composer-text').value = 'half \\uD83D a smile'")
    carol.page.locator("#composer-text").press("Control+Enter")
    carol.send("and the next one")
    for text in ("half \ufffd a smile", "and the next one"):
        expect(carol.message(text)).to_have_attribute("data-number", re.compile(r"\d+"))


def test_drafts_come_back_here_and_in_another_browser(system: System, sit_down: SitDown) -> None:
    reference = writes(system, "Drafts", "Hello")
    carol = sit_down("carol")
    carol.talk(reference)
    carol.write("half a note", mode="note")
    carol.write("half an answer")
    carol.page.reload()
    text = carol.page.locator("#composer-text")
    expect(text).to_have_value("half an answer")
    carol.page.locator("#tab-note").click()
    expect(text).to_have_value("half a note")
    elsewhere = sit_down("carol")
    elsewhere.talk(reference)
    expect(elsewhere.page.locator("#composer-text")).to_have_value("half an answer")


def test_a_text_sent_elsewhere_is_not_offered_again(system: System, sit_down: SitDown) -> None:
    reference = writes(system, "Two desks", "Hello")
    here, there = sit_down("carol"), sit_down("carol")
    here.talk(reference)
    here.write("the answer")
    here.page.keyboard.press("Escape")
    expect(here.page.locator("#thread")).to_be_focused()
    wait_for(lambda: drafts_of(here, reference) == ["the answer"], what="the draft to be kept")
    there.talk(reference)
    expect(there.page.locator("#composer-text")).to_have_value("the answer")
    there.page.locator("#composer-text").press("Control+Enter")
    expect(here.message("the answer")).to_be_visible()
    wait_for(lambda: drafts_of(here, reference) == [], what="the draft to go")
    here.page.evaluate(AN_HOUR_LATER)
    here.talk(reference)
    expect(here.page.locator("#composer-text")).to_have_value("")


# What this browser kept is an hour old.
AN_HOUR_LATER = """
for (const key of Object.keys(localStorage).filter((each) => each.includes(".draft."))) {
  const kept = JSON.parse(localStorage[key]);
  for (const time of ["at_us", "sent_us"]) kept[time] -= 3_600_000_000;
  localStorage[key] = JSON.stringify(kept);
}
"""


def drafts_of(agent: Agent, reference: str) -> list[str]:
    answer = agent.page.request.get(f"{agent.origin}/console/data/c/{reference}")
    return [draft["text"] for draft in answer.json()["drafts"]]


def test_a_draft_stays_whoever_else_acts(system: System, carol: Agent, dave: Agent) -> None:
    reference = writes(system, "Taken away", "Hello")
    carol.talk(reference)
    carol.write("nearly done")
    dave.talk(reference)
    dave.act("take").click()
    dave.act("resolve").click()
    expect(carol.page.locator("#status")).to_have_text("Resolved")
    expect(carol.page.locator("#composer-text")).to_have_value("nearly done")


def test_the_lock_covers_the_console_and_keeps_what_was_written(
    system: System, carol: Agent
) -> None:
    page = carol.talk(writes(system, "Locked", "private matter"))
    carol.write("half a thought", mode="note")
    page.evaluate(LOCK, carol.token())
    code = page.locator("#locked-way").get_by_label("Code from your authenticator")
    code.wait_for()
    assert page.evaluate("document.elementFromPoint(700, 100).closest('#locked') !== null")
    code.fill("000000")
    code.press("Enter")
    expect(page.locator("#locked-way")).to_contain_text("This code does not fit")
    page.locator("#locked-way").get_by_label("Code from your authenticator").fill(carol.code())
    page.keyboard.press("Enter")
    expect(page.locator("#locked")).to_be_hidden()
    expect(page.locator("#composer-text")).to_have_value("half a thought")
    page.locator("#composer-text").press("Control+Enter")
    expect(carol.message("half a thought")).to_be_visible()
    expect(carol.message("half a thought").locator(".message-state")).to_have_count(0)
    carol.act("take").click()
    expect(page.locator("#assignee")).to_have_text("yours")


def test_a_console_unlocked_in_another_window_goes_on(system: System, dave: Agent) -> None:
    page = dave.talk(writes(system, "Two windows", "Hello"))
    page.evaluate(LOCK, dave.token())
    page.locator("#locked-way input[name=code]").wait_for()
    other = page.context.new_page()
    other.goto(f"{system.origin}/console/locked")
    other.get_by_label("Code from your authenticator").fill(dave.code())
    other.keyboard.press("Enter")
    other.wait_for_url(f"{system.origin}/console/")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#locked")).to_be_hidden()
    dave.send("back again")
    expect(dave.state_of("back again")).to_have_attribute("data-state", "sent")


def test_hostile_content_is_text(system: System, carol: Agent) -> None:
    page = carol.talk(writes(system, HOSTILE_NAME, *HOSTILE))
    page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    expect(carol.message("<script>document.title")).to_be_visible()
    assert page.locator("#thread script, #thread img, #thread b, .row b").count() == 0
    assert "owned" not in page.title()
    links = page.locator("#thread .message a").evaluate_all("all => all.map(each => each.href)")
    assert links == ["https://example.org/a?b=1"]
    assert "\u202e" not in page.locator("#contact-name").inner_text()
    long = carol.message("x" * 100)
    assert long.bounding_box()["height"] < 700  # type: ignore[index]
    long.get_by_role("button", name="Show all").click()
    assert long.bounding_box()["height"] > 2_000  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_history_comes_without_a_jump(system: System, carol: Agent) -> None:
    texts = [f"Message {number} {'word ' * (number % 9)}" for number in range(1, 161)]
    reference = writes(system, "Historian", *texts)
    page = carol.talk(reference)
    thread = page.locator("#thread")
    expect(carol.message("Message 160")).to_be_in_viewport()
    assert page.locator(".message").count() == 50
    mark = page.locator('[data-number="116"]')
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/console/data/c/*before=*", hold, times=1)
    with page.expect_request("**/console/data/c/*before=*"):
        thread.evaluate("thread => { thread.scrollTop = 0; }")
    expect(page.locator("#thread-history")).to_have_text("Loading earlier messages")
    before = mark.bounding_box()
    held[0].continue_()
    page.locator('[data-number="61"]').wait_for(state="attached")
    after = mark.bounding_box()
    assert before is not None
    assert after is not None
    assert abs(before["y"] - after["y"]) < 2
    writes(system, "Historian", "and one more", conversation=reference)
    page.get_by_role("button", name="1 new message").click()
    expect(carol.message("and one more")).to_be_in_viewport()


def test_unread_is_counted_named_and_jumped_to(system: System, carol: Agent) -> None:
    first = writes(system, "Reader", "read this")
    other = writes(system, "Elsewhere", "meanwhile")
    carol.talk(first)
    carol.act("take").click()
    carol.act("release").wait_for()
    expect(carol.row(first).locator(".count")).to_have_count(0)
    carol.page.locator('[data-view="waiting"]').click()
    carol.row(other).locator("a").click()
    carol.message("meanwhile").wait_for()
    before = unread_in(carol.page.title())
    writes(system, "Reader", *[f"unread {n}" for n in range(1, 31)], conversation=first)
    expect(carol.page).to_have_title(f"({before + 1}) BitP")
    carol.page.locator('[data-view="mine"]').click()
    expect(carol.row(first).locator(".count")).to_have_text("30")
    carol.row(first).locator("a").click()
    carol.page.get_by_role("button", name="Jump to the first unread message").click()
    expect(carol.page.locator(".thread-unread")).to_be_in_viewport()
    expect(carol.page).to_have_title(f"({before}) BitP" if before else "BitP")


def unread_in(title: str) -> int:
    found = re.match(r"\((\d+)\)", title)
    return int(found[1]) if found else 0


def test_a_whole_conversation_by_the_keyboard(system: System, carol: Agent) -> None:
    reference = writes(system, "Keyboard", "keys only")
    page = carol.page
    expect(carol.row(reference)).to_be_visible()
    for _ in range(int(carol.count("waiting").inner_text())):
        page.keyboard.press("j")
        if page.url.endswith(reference):
            break
    carol.message("keys only").wait_for()
    page.keyboard.press("a")
    expect(page.locator("#assign-people input").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#assignee")).to_have_text("yours")
    expect(page.locator("#assign-sheet")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.locator("#composer textarea")).to_be_focused()
    page.keyboard.type("answered by keys")
    page.keyboard.press("Control+Enter")
    expect(carol.message("answered by keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#composer")).to_have_attribute("data-mode", "note")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#status")).to_have_text("Resolved")
    page.get_by_role("status").get_by_role("button", name="Reopen").click()
    expect(page.locator("#status")).to_have_text("Open")
    page.keyboard.press("/")
    page.keyboard.type(reference)
    expect(page.locator("#search-results .search-link")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#search-sheet")).to_be_hidden()


def test_the_enter_of_an_input_method_does_not_send(system: System, carol: Agent) -> None:
    carol.talk(writes(system, "输入法", "你好"))
    carol.page.get_by_label("Enter sends").check()
    text = carol.page.locator("#composer-text")
    text.fill("您好")
    text.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    text.press("Shift+Enter")
    text.press_sequentially("请稍等")
    expect(carol.message("您好")).to_have_count(0)
    text.press("Enter")
    expect(carol.message("您好\n请稍等")).to_be_visible()
    expect(text).to_have_value("")


def test_what_is_not_there_is_said_to_be_so(carol: Agent) -> None:
    page = carol.open("/console/c/BP-2222-2222")
    expect(page.locator("#conversation-state")).to_contain_text("There is no such conversation")
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator("#conversation-state")).to_contain_text("No conversation open")


def test_a_second_member_in_the_browser_gets_nothing_of_the_first(
    system: System, carol: Agent
) -> None:
    reference = writes(system, "Shared desk", "Hello")
    page = carol.talk(reference)
    page.locator("#composer-text").fill("Carol's private draft")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/console/sign-in")
    assert page.evaluate("Object.values(localStorage).join()").count("private draft") == 0
    page.goto(f"{system.origin}/console/demo/people")
    form = 'form[action="/console/demo/enter/dave"]'
    page.eval_on_selector(form, SUBMIT)
    page.wait_for_url(f"{system.origin}/console/")
    carol.talk(reference)
    expect(page.locator("#composer-text")).to_have_value("")
