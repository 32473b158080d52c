"""Whatever a client believes about the time, or missed, or sends twice: it shows what is stored."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

import jwt
import pytest

from tests.survival.client import Tab, until, until_each
from tests.survival.crowd import expected
from tests.survival.running import System
from tests.survival.tabs import AgentTab, CustomerTab
from tests.survival.web import Browser

HOUR_S = 3600
HOST = {"key": "shop", "host_secret": "h" * 40, "origins": "https://shop.example"}
# More than a stream keeps at least, and more than is replayed at one subscribe.
MUCH = 1_150
DOUBLED = 25


def stored(system: System, conversation: str) -> dict[str, Any]:
    found = {each["reference"]: each for each in system.errand("messages")}
    conversation_found: dict[str, Any] = found[conversation]
    return conversation_found


async def begin_talk(tab: CustomerTab) -> str:
    """The tab's first message; returns the conversation's reference."""
    await tab.begin()
    tab.say("first", "hello", "talk")
    await until(lambda: "first" in tab.heard.acks, what="the first message")
    return tab.conversation_of_thread["talk"]


def test_the_time_of_a_message_is_the_servers(calm: System) -> None:
    """A client has no way to say when: a frame that tries is not understood."""

    async def live() -> None:
        alice = CustomerTab(calm.port)
        conversation = await begin_talk(alice)
        for number, off_us in enumerate((-HOUR_S * 1_000_000, HOUR_S * 1_000_000)):
            told_us = time.time_ns() // 1000 + off_us
            frame = {"t": "send", "cid": f"off{number}", "body": "x", "conversation": conversation}
            alice.send({**frame, "at_us": told_us})
        await until(lambda: len(alice.heard.refusals) == 2, what="refusals")
        assert {each["code"] for each in alice.heard.refusals} == {"bad_frame"}
        before_us = time.time_ns() // 1000
        alice.say("now", "now", "talk")
        await until(alice.is_silent)
        after_us = time.time_ns() // 1000
        found = stored(calm, conversation)["messages"]
        assert [each["external_id"].partition(":")[2] for each in found] == ["first", "now"]
        assert before_us <= found[1]["at_us"] <= after_us
        print("2 frames with a time of their own refused; 1 message has the server's time")
        await alice.stop()

    asyncio.run(live())


@pytest.mark.parametrize("off_s", [-HOUR_S, HOUR_S])
def test_a_host_whose_clock_is_off_by_an_hour_makes_nobody_somebody(
    calm: System, off_s: int
) -> None:
    calm.errand("set_inbox", **HOST)
    browser = Browser(calm.port)

    def enter(iat: int) -> Any:
        facts = {"aud": "shop", "sub": "alice", "name": "Alice", "iat": iat, "exp": iat + 600}
        token = jwt.encode(facts, HOST["host_secret"], "HS256")
        return browser.post_json("/chat/ticket", {"inbox": "shop", "identity": token}).json()

    wrong, right = enter(int(time.time()) + off_s), enter(int(time.time()))
    assert right["identity_accepted"]
    assert right["subject"]["signed_in"]
    assert not wrong["identity_accepted"]
    assert not wrong["subject"]["signed_in"]
    assert wrong["subject"]["reference"] != right["subject"]["reference"]
    assert wrong["ticket"], "but talks as a visitor"


def test_two_tabs_of_one_person_show_the_same_and_store_nothing_twice(calm: System) -> None:
    """Both send every message, as two tabs with one outbox may, in opposite orders."""

    async def live() -> None:
        first = CustomerTab(calm.port)
        conversation = await begin_talk(first)
        second = CustomerTab(calm.port, first.browser, window=DOUBLED)
        second.visitor = first.visitor
        second.conversation_of_thread = first.conversation_of_thread
        await second.begin()
        assert second.name == first.name
        for number in range(DOUBLED):
            first.say(f"both{number}", f"text {number}", "talk")
            second.say(f"both{DOUBLED - 1 - number}", f"text {DOUBLED - 1 - number}", "talk")
        await until_each([first.is_silent, second.is_silent], 20, "both tabs")
        found = stored(calm, conversation)
        assert len(found["messages"]) == DOUBLED + 1
        wanted = expected(found, is_staff=False)
        for tab in (first, second):
            await until(partial(tab.shows, conversation, wanted), what="both to show it")
            assert not [*tab.heard.contradictions, *tab.heard.refusals]
        results = first.heard.duplicates + second.heard.duplicates
        print(f"{2 * DOUBLED} sends of {DOUBLED} messages: {results} recognised, 0 doubled")
        assert results == DOUBLED
        await first.stop()
        await second.stop()

    asyncio.run(live())


def test_who_was_away_longer_than_the_log_keeps_loads_the_page_and_misses_nothing(
    calm: System,
) -> None:
    async def live() -> None:
        alice, carol = CustomerTab(calm.port), AgentTab(calm.port)
        await carol.begin()
        conversation = await begin_talk(alice)
        stream = f"conversation/{conversation}"
        await until(lambda: f"{stream}/staff" in carol.followed)
        tabs: tuple[Tab, ...] = (alice, carol)
        for tab in tabs:
            await tab.sleep()
        await asyncio.to_thread(calm.errand, "say_much", conversation=conversation, count=MUCH)
        pruned = await asyncio.to_thread(calm.errand, "age_and_prune", conversation=conversation)
        assert alice.followed[f"{stream}/customer"].n < pruned[f"{stream}/customer"][1]
        assert carol.followed[f"{stream}/staff"].n < pruned[f"{stream}/staff"][1]
        for tab in tabs:
            tab.start()
        await until(lambda: all(tab.heard.resyncs for tab in tabs), what="resync")
        alice.say("after", "after the night", "talk")
        await until(alice.is_silent)
        found = stored(calm, conversation)
        for tab, is_staff in ((alice, False), (carol, True)):
            wanted = expected(found, is_staff=is_staff)
            assert len(wanted) == MUCH + 2
            await until(partial(tab.shows, conversation, wanted), what="the whole talk")
            assert tab.heard.resumed == 1
        print(f"away for {MUCH} messages, {pruned} pruned: 2 resyncs, no gap, nothing twice")
        for tab in tabs:
            await tab.stop()

    asyncio.run(live())
