"""Whose chat it is: host users, switching, signing out and in; nobody speaks as somebody else."""

from __future__ import annotations

import json
import time

import jwt
import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.survival.running import System
from tests.waiting import wait_for
from tests.web.client.conftest import (
    SECRET,
    Desk,
    Host,
    button,
    open_chat,
    reference_of,
    texts,
    until,
    watched,
    window,
    write,
)

pytestmark = pytest.mark.browser


def word(subject: str, secret: str = SECRET, **claims: object) -> str:
    now = int(time.time())
    said = {"sub": subject, "aud": "shop", "iat": now, "exp": now + 600, **claims}
    return jwt.encode(said, secret, algorithm="HS256")


def identify(page: Page, token: str) -> None:
    page.evaluate("(token) => BitP.identify(token)", token)


def test_a_host_user_is_who_the_host_says(page: Page, host: Host, carol: Desk) -> None:
    page.goto(host.origin)
    page.evaluate("void BitP.on('identity', (known) => (window.known = known))")
    identify(page, word("ann", name="Ann", signed_in_at=int(time.time())))
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    open_chat(page)
    write(page, "It is me, Ann")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    assert page.evaluate("known") is True
    (message,) = carol.stored(text="It is me, Ann")
    assert message["level"] == 2
    assert page.evaluate("Object.keys(localStorage).filter((k) => k.includes('visitor'))") == []


def test_a_forged_word_is_an_anonymous_visitor(page: Page, host: Host, carol: Desk) -> None:
    page.goto(host.origin)
    page.evaluate("void BitP.on('identity', (known) => (window.known = known))")
    identify(page, word("ann", secret="not the host's secret, but as long as it is"))
    open_chat(page)
    write(page, "I say that I am Ann")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    assert page.evaluate("known") is False
    (message,) = carol.stored(text="I say that I am Ann")
    assert message["level"] == 0
    assert texts(page) == ["I say that I am Ann"]


def test_switching_users_moves_to_the_new_users_stream(page: Page, host: Host, carol: Desk) -> None:
    page.goto(host.origin)
    identify(page, word("first"))
    open_chat(page)
    write(page, "Written by the first user")
    first = reference_of(page)
    identify(page, word("second"))
    expect(page.locator("bitp-chat .home")).to_be_visible()
    assert "first user" not in page.locator("bitp-chat .panel").inner_text()
    write(page, "Written by the second user")
    second = reference_of(page)
    assert second != first
    # What is said to the first is not seen; what is said to the second is, at once.
    carol.reply(reference=first, text="Only for the first")
    carol.reply(reference=second, text="For the second")
    expect(page.locator("bitp-chat .theirs .text")).to_have_text("For the second")
    assert "Only for the first" not in page.locator("bitp-chat .panel").inner_text()
    identify(page, word("first"))
    expect(page.locator("bitp-chat .theirs .text")).to_have_text("Only for the first")
    contacts = {each["contact"] for each in carol.stored(text="Written by the")}
    assert len(contacts) == 2


def test_what_one_user_left_unsent_is_never_sent_as_another(
    context: BrowserContext, page: Page, host: Host, carol: Desk
) -> None:
    page.goto(host.origin)
    identify(page, word("leaver"))
    open_chat(page)
    write(page, "Sent by the leaver")
    reference_of(page)
    context.set_offline(True)
    page.route_web_socket("**/live", lambda socket: socket.close(code=1001))
    until(page, "dispatchEvent(new Event('offline'))")
    expect(page.locator("bitp-chat .bar")).to_contain_text("No connection", timeout=30_000)
    write(page, "Unsent, and a secret of the leaver")
    page.locator("bitp-chat textarea").fill("a draft of the leaver")
    identify(page, word("comer"))
    context.set_offline(False)
    expect(page.locator("bitp-chat .home")).to_be_visible(timeout=30_000)
    assert "leaver" not in page.locator("bitp-chat .panel").inner_text()
    assert page.locator("bitp-chat textarea").input_value() == ""
    page.unroute_all()
    page.reload()
    identify(page, word("comer"))
    until(page, "document.querySelector('bitp-chat')")
    window(page)
    write(page, "Sent by the comer")
    expect(page.locator("bitp-chat .state.sent")).to_be_visible()
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "leaver" not in kept
    assert carol.stored(text="a secret of the leaver") == []


def test_logging_out_leaves_nothing_behind(page: Page, host: Host, carol: Desk) -> None:
    page.goto(host.origin)
    open_chat(page)
    write(page, "Before logging out")
    reference_of(page)
    page.locator("bitp-chat textarea").fill("a draft")
    page.evaluate("BitP.logout()")
    expect(page.locator("bitp-chat .panel")).to_be_hidden()
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]") == []
    page.reload()
    expect(button(page)).to_be_visible()
    open_chat(page)
    expect(page.locator("bitp-chat .home")).to_be_visible()
    assert page.locator("bitp-chat .talk-row").count() == 0


def test_logging_out_where_it_was_never_opened_forgets_the_earlier_page(
    page: Page, host: Host, carol: Desk
) -> None:
    page.goto(host.origin)
    open_chat(page)
    page.locator("bitp-chat .closer").click()
    page.evaluate("sessionStorage.clear(); localStorage.setItem('theirs', '1')")
    page.reload()
    expect(button(page)).to_be_visible()
    page.evaluate("BitP.logout()")
    assert page.evaluate("Object.keys(localStorage)") == ["theirs"]


def sign_in(context: BrowserContext, system: System, desk: Desk, email: str) -> None:
    value = desk.session_of(email=email)
    context.add_cookies([{"name": "bitp_session", "value": value, "url": system.origin}])


def test_a_visitor_who_signs_in_keeps_the_talk_and_what_was_unsent(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    def deaf(line: WebSocketRoute) -> None:
        """Acknowledgements are lost: one message arrives, the next one waits behind it."""
        server = line.connect_to_server()
        server.on_message(lambda text: None if '"ack"' in str(text) else line.send(text))

    page.route_web_socket("**/live", deaf)
    open_chat(page, f"{system.origin}/support")
    write(page, "Arrived before signing in")
    reference_of(page)
    write(page, "Unsent before signing in")
    wait_for(lambda: carol.stored(text="before signing in"))
    later = watched(context.new_page())
    page.close()
    sign_in(context, system, carol, "alice@example.com")
    open_chat(later, f"{system.origin}/support")
    (arrived,) = carol.stored(text="Arrived before")
    later.evaluate("(reference) => BitP.open({ conversation: reference })", arrived["reference"])
    expect(later.locator("bitp-chat .bubble .text")).to_have_text(
        ["Arrived before signing in", "Unsent before signing in"]
    )
    expect(later.locator("bitp-chat .state.sent").last).to_be_visible()
    first, second = carol.stored(text="before signing in")
    assert first["contact"] == second["contact"]
    assert (first["level"], second["level"]) == (0, 2)
    assert "visitor" not in later.evaluate("JSON.stringify(localStorage)")


def test_after_signing_out_the_next_person_sees_nothing(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    sign_in(context, system, carol, "bob@example.com")
    open_chat(page, f"{system.origin}/support")
    page.evaluate("BitP.open({ topic: 'privacy' })")
    write(page, "Bob's private matter")
    reference_of(page)
    page.locator("bitp-chat textarea").fill("Bob's draft")
    context.clear_cookies()
    page.reload()
    window(page)
    expect(page.locator("bitp-chat .home")).to_be_visible()
    assert "Bob" not in page.locator("bitp-chat .panel").inner_text()
    assert "Bob" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_session_that_ends_is_said_and_the_next_person_begins_anew(
    context: BrowserContext, page: Page, system: System, carol: Desk
) -> None:
    sign_in(context, system, carol, "bob@example.com")
    lines: list[WebSocketRoute] = []

    def between(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    page.route_web_socket("**/live", between)
    open_chat(page, f"{system.origin}/support")
    page.evaluate("BitP.open({ topic: 'order' })")
    write(page, "Bob asks something")
    reference_of(page)
    context.clear_cookies()
    lines[-1].close(code=4403)
    bar = page.locator("bitp-chat .bar")
    expect(bar).to_contain_text("You are signed out here")
    bar.get_by_role("button").click()
    expect(page.locator("bitp-chat .home")).to_be_visible()
    assert "Bob asks" not in page.locator("bitp-chat .panel").inner_text()


def test_too_many_from_one_network_is_said_with_another_way_in(
    page: Page, host: Host, carol: Desk
) -> None:
    tries: list[str] = []

    def refuse(route: Route) -> None:
        tries.append(route.request.method)
        if len(tries) > 1:
            route.continue_()
            return
        headers = {"Access-Control-Allow-Origin": host.origin, "Retry-After": "2"}
        body = json.dumps({"code": "too_many", "status": 429, "retry_s": 2})
        route.fulfill(
            status=429, headers=headers, body=body, content_type="application/problem+json"
        )

    page.route("**/chat/ticket", refuse)
    page.goto(host.origin)
    button(page).click()
    trouble = page.locator("bitp-chat .trouble")
    expect(trouble).to_contain_text("Too many connections from this network")
    expect(trouble).to_contain_text("We try again in 2 seconds")
    expect(trouble.get_by_role("link")).to_have_attribute("href", f"{host.bitp}/support")
    # It tries again by itself.
    expect(page.locator("bitp-chat .home")).to_be_visible(timeout=10_000)
    assert len(tries) >= 2


def test_a_page_that_may_not_embed_it_says_so(page: Page, host: Host, desk: Desk) -> None:
    page.goto(f"http://localhost:{host.server_port}/")
    button(page).click()
    trouble = page.locator("bitp-chat .trouble")
    # The browser hides the refusal from a page that is not listed.
    expect(trouble).to_be_visible()
    expect(trouble.get_by_role("link")).to_have_attribute("href", f"{host.bitp}/support")
