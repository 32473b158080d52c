"""Who signs out, or is shut out, is cut off at once, everywhere, and does not come back by a token.

In the running system: the word goes from web (or another process) through the log to live, and
stands there when live was killed in between.
"""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import Any

import pytest

from tests.survival.client import SIGNED_OUT, NoAnswer, Tab, until
from tests.survival.running import System, wait_for_restart
from tests.survival.tabs import AgentTab, CustomerTab
from tests.survival.web import Browser

CUT_WITHIN_S = 2.0


async def cut(tabs: list[Tab], began: float) -> float:
    """Seconds since ``began`` until all of them were told that the right is gone."""
    await until(
        lambda: all(tab.ended_by == SIGNED_OUT for tab in tabs), CUT_WITHIN_S, "being cut off"
    )
    return time.monotonic() - began


async def is_refused(tab: Tab) -> bool:
    """Whether the tab's resume token opens nothing any more."""
    again = Tab(tab.port)
    again.resume = tab.resume
    again.start()
    await until(lambda: again.ended_by or again.is_online, what="an answer to the token")
    is_online = again.is_online
    await again.stop()
    return not is_online and again.ended_by == SIGNED_OUT


async def poll_as(tab: CustomerTab | AgentTab) -> asyncio.Task[Any]:
    """A long poll of the same person that is held open; its result: the frames that end it."""
    hello = [{"t": "poll"}, {"t": "hello", "v": 1, "resume": tab.resume}]
    polled, *_ = (await tab.browser.post_json_soon("/live/poll", hello)).json()
    poll = [{"t": "poll", "id": polled["id"], "seen": polled["n"]}]
    return asyncio.create_task(tab.browser.post_json_soon("/live/poll", poll))


async def enter_as_alice(system: System) -> list[Tab]:
    """Two tabs of Alice, signed in at the site."""
    browser = Browser(system.port)
    await asyncio.to_thread(browser.post_form, "/demo/enter/alice", "/demo/people")
    tabs: list[Tab] = []
    for _ in range(2):
        tab = CustomerTab(system.port, browser)
        await tab.begin()
        tabs.append(tab)
    await until(lambda: all(tab.is_online for tab in tabs), what="Alice")
    return tabs


async def enter_as_staff(system: System, slug: str) -> list[Tab]:
    """Two tabs of one member of staff, of one session."""
    first = AgentTab(system.port, slug)
    await first.begin()
    second = AgentTab(system.port, slug, first.browser)
    second.me = first.me
    await second.begin()
    await until(lambda: first.is_online and second.is_online, what=slug)
    return [first, second]


async def check_others_stay(others: list[Tab]) -> None:
    """Whoever was not meant has the same line as before."""
    for tab in others:
        assert tab.is_online
        assert tab.heard.welcomes == 1
        assert tab.heard.closes == []


async def stop_all(tabs: list[Tab]) -> None:
    for tab in tabs:
        await tab.stop()


def test_signing_out_cuts_every_tab_of_the_session(calm: System) -> None:
    async def live() -> None:
        alice, bystander = await enter_as_alice(calm), CustomerTab(calm.port)
        carol = await enter_as_staff(calm, "carol")
        await bystander.begin()
        await until(lambda: bystander.is_online)
        first = alice[0]
        assert isinstance(first, CustomerTab)
        polling, began = await poll_as(first), time.monotonic()
        await asyncio.to_thread(first.browser.post_form, "/account/logout/", "/account/logout/")
        cut_s = await cut(alice, began)
        told = (await polling).json()
        assert told[-1]["t"] == "closed"
        assert told[-1]["code"] == SIGNED_OUT
        assert await is_refused(first)
        await check_others_stay([bystander, *carol])
        path = "/chat/ticket"
        after = (await first.browser.post_json_soon(path, {"language": "en"})).json()
        assert not after["subject"]["signed_in"]
        print(f"signed out: 2 sockets and 1 poll cut within {cut_s * 1000:.0f} ms, 3 others stay")
        await stop_all([*alice, *carol, bystander])

    asyncio.run(live())


def test_signing_out_of_the_console_cuts_its_sockets_and_stands_through_a_kill(
    calm: System,
) -> None:
    async def live() -> None:
        carol, dave = await enter_as_staff(calm, "carol"), await enter_as_staff(calm, "dave")
        first = carol[0]
        assert isinstance(first, AgentTab)
        polling, began = await poll_as(first), time.monotonic()
        await asyncio.to_thread(first.browser.post_form, "/console/sign-out", "/console/")
        cut_s = await cut(carol, began)
        assert (await polling).json()[-1]["code"] == SIGNED_OUT
        assert await is_refused(first)
        await check_others_stay(dave)
        with pytest.raises(NoAnswer, match=r"401|403"):
            await first.post("/console/ticket")
        pid = calm.pid("live")
        calm.ask(kill="live")
        await asyncio.to_thread(wait_for_restart, calm, "live", pid)
        await until(lambda: all(tab.heard.resumed == 1 for tab in dave), what="Dave to resume")
        assert await is_refused(first), "forgotten by a kill"
        print(
            f"signed out: 2 sockets and 1 poll cut within {cut_s * 1000:.0f} ms; and after a kill"
        )
        await stop_all([*carol, *dave])

    asyncio.run(live())


def test_a_deactivated_member_is_cut_and_nothing_of_theirs_is_stored_any_more(
    calm: System,
) -> None:
    async def live() -> None:
        lin, dave = await enter_as_staff(calm, "lin"), await enter_as_staff(calm, "dave")
        alice = CustomerTab(calm.port)
        await alice.begin()
        alice.say("first", "hello", "talk")
        await until(alice.is_silent)
        conversation = alice.conversation_of_thread["talk"]
        talking = asyncio.create_task(keep_talking(lin[0], conversation))
        await until(lambda: len(lin[0].heard.acks) > 5, what="Lin to talk")
        await asyncio.to_thread(calm.errand, "deactivate", email="lin@staff.example.com")
        last_s = time.time()
        cut_s = await cut(lin, time.monotonic())
        talking.cancel()
        assert await is_refused(lin[0])
        await check_others_stay([*dave, alice])
        first = lin[0]
        assert isinstance(first, AgentTab)
        with pytest.raises(NoAnswer, match=r"401|403"):
            await first.post("/console/ticket")
        await check_nothing_later(calm, conversation, last_s, first)
        print(
            f"deactivated: 2 sockets cut at the latest {cut_s * 1000:.0f} ms after, 3 others stay"
        )
        await stop_all([*lin, *dave, alice])

    asyncio.run(live())


async def keep_talking(tab: Tab, conversation: str) -> None:
    assert isinstance(tab, AgentTab)
    number = 0
    while True:
        number += 1
        tab.reply(conversation, f"lin{number}", f"text {number}")
        await until(partial(tab.was_answered, number - 1))


async def check_nothing_later(system: System, conversation: str, last_s: float, tab: Tab) -> None:
    """What Lin was promised is there, and nothing was taken from her after she was shut out."""
    found = await asyncio.to_thread(system.errand, "messages")
    messages = next(each["messages"] for each in found if each["reference"] == conversation)
    hers = [each for each in messages if each["author_kind"] == "agent"]
    assert {each["external_id"].partition(":")[2] for each in hers} >= set(tab.heard.acks)
    assert all(each["at_us"] < last_s * 1_000_000 for each in hers)
