"""What a person wrote is kept until the server has it: reload, offline, several tabs."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.survival.running import System
from tests.web.client.conftest import script, until

pytestmark = pytest.mark.browser

SETUP = script("outbox")


def begin(page: Page, system: System, *, scope: str = "alice", line: bool = True) -> Page:
    if page.url == "about:blank":
        page.goto(f"{system.origin}/healthz")
    page.evaluate(SETUP, {"scope": scope, "line": line})
    return page


def sent(page: Page, count: int) -> list[str]:
    """What went out, once there are so many."""
    page.wait_for_function("(count) => sent.length >= count", arg=count)
    bodies: list[str] = page.evaluate("bodies()")
    return bodies


def settled(page: Page) -> Any:
    """After everything that was asked of the outbox was done."""
    return page.evaluate("outbox.flush()")


def test_a_message_waits_for_the_line_and_survives_a_reload(page: Page, system: System) -> None:
    begin(page, system, line=False)
    cid = page.evaluate("put('written in a tunnel')")
    settled(page)
    assert page.evaluate("sent.length") == 0
    page.reload()
    begin(page, system)
    settled(page)
    assert sent(page, 1) == ["written in a tunnel"]
    assert page.evaluate("sent[0]") == {
        "t": "send",
        "cid": cid,
        "body": "written in a tunnel",
        "thread": "talk",
    }


def test_it_is_sent_again_under_the_same_id_when_the_line_comes_back(
    page: Page, system: System
) -> None:
    begin(page, system)
    page.evaluate("put('one')")
    sent(page, 1)
    page.evaluate("outbox.flush({ again: true })")
    sent(page, 2)
    assert page.evaluate("sent[0].cid === sent[1].cid")
    page.evaluate("ack(sent[0].cid)")
    page.evaluate("outbox.flush({ again: true })")
    settled(page)
    assert page.evaluate("[sent.length, outbox.items().length]") == [2, 0]


def test_one_conversation_keeps_its_order_and_another_does_not_wait(
    page: Page, system: System
) -> None:
    begin(page, system)
    page.evaluate("put('1'); put('2'); put('3'); put('other', { thread: 'elsewhere' })")
    assert sorted(sent(page, 2)) == ["1", "other"]
    page.evaluate("ack(sent.find((each) => each.body === '1').cid)")
    sent(page, 3)
    page.evaluate("ack(sent.find((each) => each.body === '2').cid, { result: 'duplicate' })")
    assert sent(page, 4)[2:] == ["2", "3"]


def test_two_tabs_come_online_and_each_message_goes_out_once(
    context: BrowserContext, page: Page, system: System
) -> None:
    begin(page, system, line=False)
    page.evaluate("for (let n = 0; n < 20; n++) put(`m${n}`, { thread: `t${n}` })")
    page.reload()
    one, other = begin(page, system), begin(context.new_page(), system)
    for each in (one, other):
        each.evaluate("void outbox.flush({ again: true })")
    until(one, "localStorage.length > 0")
    for _ in range(2):
        for each in (one, other):
            settled(each)
    both = one.evaluate("bodies()") + other.evaluate("bodies()")
    assert sorted(both) == sorted(f"m{n}" for n in range(20))


def test_a_tab_that_closes_hands_its_messages_to_the_other(
    context: BrowserContext, page: Page, system: System
) -> None:
    begin(page, system)
    page.evaluate("put('from the tab that closes')")
    sent(page, 1)
    other = begin(context.new_page(), system)
    settled(other)
    assert other.evaluate("sent.length") == 0
    page.close()
    assert sent(other, 1) == ["from the tab that closes"]


def test_what_the_server_refuses_stays_with_its_reason(page: Page, system: System) -> None:
    begin(page, system)
    cid = page.evaluate("put('refused')")
    sent(page, 1)
    page.evaluate("(cid) => ack(cid, { result: 'refused', code: 'blocked_text', number: 0 })", cid)
    assert page.evaluate("outbox.items().map((i) => [i.state, i.code])") == [
        ["refused", "blocked_text"]
    ]
    # It holds nobody up, and a new try has a new id.
    page.evaluate("put('next')")
    assert sent(page, 2) == ["refused", "next"]
    page.evaluate("ack(sent[1].cid)")
    again = page.evaluate("(cid) => outbox.retry(cid).cid", cid)
    assert sent(page, 3)[2] == "refused"
    assert again != cid
    page.evaluate("(cid) => outbox.discard(cid)", again)
    assert page.evaluate("outbox.items().length") == 0


def test_a_conflict_is_shown_and_not_sent_for_ever(page: Page, system: System) -> None:
    begin(page, system)
    cid = page.evaluate("put('another text')")
    sent(page, 1)
    page.evaluate("(cid) => ack(cid, { result: 'conflict' })", cid)
    settled(page)
    assert page.evaluate("[sent.length, outbox.items()[0].code]") == [1, "conflict"]


def test_a_busy_server_gets_it_again_by_itself(page: Page, system: System) -> None:
    begin(page, system)
    cid = page.evaluate("put('soon')")
    sent(page, 1)
    page.evaluate(
        "(cid) => ack(cid, { result: 'refused', code: 'busy', retry: true, number: 0 })", cid
    )
    assert page.evaluate("outbox.items()[0].state") == "waiting"
    assert sent(page, 2) == ["soon", "soon"]
    assert page.evaluate("sent[0].cid === sent[1].cid")


def test_nobody_sees_or_sends_what_another_person_wrote(page: Page, system: System) -> None:
    begin(page, system, line=False)
    page.evaluate("put('from Alice')")
    page.reload()
    begin(page, system, scope="alic")
    settled(page)
    assert page.evaluate("[sent.length, outbox.items().length]") == [0, 0]
    page.evaluate("forgetOthers(localStorage, 'alic', ['bitp.outbox.'])")
    page.reload()
    begin(page, system, scope="alice")
    settled(page)
    assert page.evaluate("[sent.length, outbox.items().length]") == [0, 0]


def test_one_person_under_two_names_keeps_the_unsent_but_not_the_stored(
    page: Page, system: System
) -> None:
    begin(page, system, scope="visitor", line=False)
    page.evaluate("put('arrived'); put('unsent')")
    page.evaluate(
        """async () => {
          const wasStored = async (item) => item.body === "arrived";
          const storage = localStorage;
          const names = { prefix: "bitp.outbox.", from: "visitor", to: "alice" };
          await moveItems({ storage, wasStored, ...names });
        }"""
    )
    page.reload()
    begin(page, system, scope="alice")
    settled(page)
    assert page.evaluate("[bodies(), Object.keys(localStorage).length]") == [["unsent"], 1]


@pytest.mark.parametrize(
    ("body", "code"), [("", "empty"), ("  \n ", "empty"), ("好" * 8_001, "too_long")]
)
def test_what_can_never_be_sent_is_not_taken(
    page: Page, system: System, body: str, code: str
) -> None:
    begin(page, system)
    refused = page.evaluate("(body) => { try { put(body); } catch (e) { return e.code; } }", body)
    assert refused == code
    assert page.evaluate("outbox.items().length") == 0


def test_it_is_full_before_the_browser_is(page: Page, system: System) -> None:
    begin(page, system, line=False)
    taken = page.evaluate(
        """() => {
          let n = 0;
          try { for (;; n++) put("x".repeat(7_900)); } catch (error) { return [error.code, n]; }
        }"""
    )
    assert taken[0] == "full"
    assert 40 <= taken[1] <= 100


def test_a_full_storage_loses_nothing_while_the_page_is_open(page: Page, system: System) -> None:
    begin(page, system, line=False)
    page.evaluate(
        """() => {
          const fill = (n, size) => localStorage.setItem(`host ${n}`, "x".repeat(size));
          const half = (size) => Math.floor(size / 2);
          for (let n = 0, size = 1e6; size > 1; n++) {
            try { fill(n, size); } catch { size = half(size); }
          }
        }"""
    )
    page.evaluate("put('no room for this in the storage')")
    page.evaluate("line = true")
    settled(page)
    assert sent(page, 1) == ["no room for this in the storage"]
    page.evaluate("ack(sent[0].cid)")
    assert page.evaluate("outbox.items().length") == 0


def test_ids_are_as_the_protocol_wants_them(page: Page, system: System) -> None:
    begin(page, system)
    ids = page.evaluate("Array.from({ length: 500 }, newId)")
    assert len(set(ids)) == 500
    assert all(each.replace("-", "").replace("_", "").isalnum() for each in ids)
    assert all(len(each) <= 64 and "=" not in each for each in ids)
