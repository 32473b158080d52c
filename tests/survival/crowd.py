"""People who talk while things go wrong, and the judgement of what became of what they said.

Contacts write in their conversations, an agent takes the conversations, answers and leaves
notes; pages are loaded, marks and drafts are sent. Whoever writes numbers what he writes, so that
its order can be judged afterwards.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from tests.survival.client import NoAnswer, Tab, conversation_of, until, until_each
from tests.survival.outbox import Frame
from tests.survival.running import System
from tests.survival.tabs import AgentTab, CustomerTab

# Together with the answers about 100 messages a second.
CONTACTS = 6
THREADS = ("first", "second")
PAUSE_S = 0.08
# A contact waits with the next message while this many are unsent.
UNSENT_MAX = 20
PAGE_EVERY = 15
NOTE_EVERY = 7
SETTLE_S = 60.0


class TalkingAgent(AgentTab):
    """Takes every new conversation and answers every other message of a contact."""

    def on_event(self, stream: str, event: Frame) -> None:
        super().on_event(stream, event)
        if event["kind"] == "queue.entered" and event["data"]["conversation"]:
            self.do(self.take(event["data"]["conversation"]["reference"]))
        if event["kind"] == "message.posted" and event["data"]["author"]["kind"] == "contact":
            self._answer(conversation_of(stream), event["data"]["number"])

    def _answer(self, conversation: str, number: int) -> None:
        self.send({"t": "mark", "conversation": conversation, "delivered": number, "read": number})
        if number % 2 == 0:
            self.send({"t": "draft", "conversation": conversation, "body": f"answer to {number}"})
            self.reply(conversation, f"{conversation}.{number}".replace(".", "_"), f"re {number}")
        if number % NOTE_EVERY == 0:
            self.reply(conversation, f"{conversation}_{number}_note", "a note", note=True)


class Crowd:
    """The contacts and the agent of one run."""

    def __init__(self, port: int, seed: int, contacts: int = CONTACTS) -> None:
        self.random = random.Random(seed)
        self.agent = TalkingAgent(port)
        self.contacts = [CustomerTab(port) for _ in range(contacts)]
        self.written: list[str] = []
        self.is_talking = True
        self._talks: list[asyncio.Task[None]] = []

    def unanswered(self) -> list[Callable[[], bool]]:
        """For each contact: whether there was one more answer than there is now."""
        return [partial(each.was_answered, len(each.heard.acks)) for each in self.contacts]

    @property
    def tabs(self) -> list[Tab]:
        return [self.agent, *self.contacts]

    async def begin(self) -> None:
        await self.agent.begin()
        await until(lambda: self.agent.is_online, what="the agent")
        for number, contact in enumerate(self.contacts):
            await contact.begin()
            talk = self._talk(contact, f"c{number}", random.Random(self.random.random()))
            self._talks.append(asyncio.create_task(talk))
        await until(self.all_know_each_other, what="the first messages")

    def all_know_each_other(self) -> bool:
        """Whether everybody's first words were acknowledged and reached the agent."""
        told = self.conversations()
        return len(told) == len(self.contacts) * len(THREADS) and all(
            f"conversation/{each}/staff" in self.agent.followed for each in told
        )

    async def _talk(self, contact: CustomerTab, name: str, chance: random.Random) -> None:
        number = 0
        while self.is_talking:
            if len(contact.outbox.items) < UNSENT_MAX:
                number += 1
                thread = chance.choice(THREADS) if number > len(THREADS) else THREADS[number - 1]
                cid = f"{name}-{thread}-{number:05d}"
                self.written.append(cid)
                contact.say(cid, f"{cid} 您好，充值还没有到账。", thread)
            if number % PAGE_EVERY == 0:
                await self._look_at_page(contact, chance)
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE_S))

    async def _look_at_page(self, contact: CustomerTab, chance: random.Random) -> None:
        known = list(contact.view.messages)
        with suppress(NoAnswer):
            if known:
                await contact.load_page(chance.choice(known))

    def conversations(self) -> set[str]:
        """The references of everything that was said here."""
        return {ack[0] for tab in self.tabs for ack in tab.heard.acks.values()}

    async def fall_silent(self) -> None:
        """Nobody writes any more; everything written is acknowledged."""
        self.is_talking = False
        await asyncio.gather(*self._talks)
        await until_each((tab.is_silent for tab in self.tabs), SETTLE_S, "the last answers")

    async def end(self) -> None:
        self.is_talking = False
        for talk in self._talks:
            talk.cancel()
        for tab in self.tabs:
            await tab.stop()


# What a verdict counts that is no fault.
GOOD = {"sent", "acknowledged", "delivered", "resumed", "recognised", "clients", "converged"}


@dataclass(slots=True)
class Verdict:
    """sent, acknowledged: messages; delivered: of those, seen by the other side; recognised: sent
    again although stored; converged: of the clients, those that show all that is stored for them.
    The rest must be 0; ``examples`` names the first of what went wrong."""

    sent: int = 0
    acknowledged: int = 0
    delivered: int = 0
    undelivered: int = 0
    lost: int = 0
    doubled: int = 0
    out_of_order: int = 0
    gaps: int = 0
    not_converged: int = 0
    contradictions: int = 0
    refused: int = 0
    mishaps: int = 0
    resumed: int = 0
    recognised: int = 0
    clients: int = 0
    converged: int = 0
    examples: list[str] = None  # type: ignore[assignment]

    def wrong(self) -> dict[str, Any]:
        """What should be 0 and is not, with examples."""
        counts = {name: n for name, n in asdict(self).items() if name != "examples"}
        found = {name: n for name, n in counts.items() if n and name not in GOOD}
        return {**found, "examples": self.examples[:5]} if found else {}


async def judge(crowd: Crowd, system: System) -> Verdict:
    """Compares what everybody was promised and shows with what is stored; call when silent."""
    stored = await asyncio.to_thread(system.errand, "messages")
    by_reference = {each["reference"]: each for each in stored}
    verdict = Verdict(examples=[])
    for tab in crowd.tabs:
        _judge_promises(tab, by_reference, verdict)
    for reference in crowd.conversations():
        _judge_order(by_reference[reference], verdict)
    await _judge_views(crowd, by_reference, verdict)
    _judge_delivery(crowd, verdict)
    sent = len(crowd.written) + len(crowd.agent.heard.acks)
    verdict.sent = sent
    return verdict


def _judge_promises(tab: Tab, stored: dict[str, Any], verdict: Verdict) -> None:
    heard = tab.heard
    verdict.acknowledged += len(heard.acks)
    verdict.contradictions += len(heard.contradictions)
    verdict.refused += len(heard.refusals)
    verdict.resumed += heard.resumed
    verdict.recognised += heard.duplicates
    verdict.mishaps += len(tab.browser.mishaps)  # type: ignore[attr-defined]
    verdict.examples += [*heard.contradictions, *map(str, heard.refusals)]
    verdict.examples += tab.browser.mishaps  # type: ignore[attr-defined]
    for cid, (conversation, number, text) in heard.acks.items():
        found = [
            each
            for each in stored[conversation]["messages"]
            if each["external_id"].partition(":")[2] == cid
        ]
        verdict.doubled += len(found) > 1
        if [(each["number"], each["text"]) for each in found] != [(number, text)]:
            verdict.lost += 1
            verdict.examples.append(f"{cid}: promised {number}, found {found}")


def _judge_order(conversation: dict[str, Any], verdict: Verdict) -> None:
    numbers = [each["number"] for each in conversation["messages"]]
    if numbers != list(range(1, conversation["last_number"] + 1)):
        verdict.gaps += 1
        verdict.examples.append(f"{conversation['reference']}: {numbers}")
    last: dict[str, int] = {}
    for each in conversation["messages"]:
        sender, own = _place_of(each)
        if own < last.get(sender, 0):
            verdict.out_of_order += 1
            verdict.examples.append(f"{conversation['reference']}: {each['external_id']}")
        last[sender] = max(own, last.get(sender, 0))
    ids = Counter(each["external_id"] for each in conversation["messages"])
    verdict.doubled += sum(count - 1 for count in ids.values())


def _place_of(message: Frame) -> tuple[str, int]:
    """Who wrote it, and the number that they gave it themselves."""
    cid = message["external_id"].partition(":")[2]
    if message["author_kind"] == "contact" and "-" in cid and cid[-5:].isdigit():
        return cid[:-5], int(cid[-5:])
    if message["author_kind"] == "agent" and "_" in cid:
        return "agent", int(cid.split("_")[1])
    return "other", 0


async def _judge_views(crowd: Crowd, stored: dict[str, Any], verdict: Verdict) -> None:
    """Everybody shows exactly what is stored for them, without a reload; soon, if not yet."""
    for tab in crowd.tabs:
        before = verdict.not_converged
        for conversation in list(tab.view.messages):
            wanted = expected(stored[conversation], is_staff=isinstance(tab, AgentTab))
            with suppress(AssertionError):
                await until(partial(tab.shows, conversation, wanted))
            if not tab.shows(conversation, wanted):
                verdict.not_converged += 1
                shown = tab.view.texts(conversation)
                missing = sorted(wanted.keys() ^ shown.keys())[:5]
                verdict.examples.append(f"{tab.__class__.__name__} {conversation}: {missing}")
        verdict.clients += 1
        verdict.converged += verdict.not_converged == before


def expected(conversation: Frame, *, is_staff: bool) -> dict[int, tuple[str, str]]:
    """What a tab of that side has to show: (client id, text) by number."""
    return {
        each["number"]: (each["external_id"].partition(":")[2], each["text"])
        for each in conversation["messages"]
        if is_staff or not each["is_note"]
    }


def _judge_delivery(crowd: Crowd, verdict: Verdict) -> None:
    """What each side was promised stands before the other side's eyes."""
    seen_by_agent = _cids_of(crowd.agent)
    for contact in crowd.contacts:
        own = set(contact.heard.acks)
        verdict.delivered += len(own & seen_by_agent)
        verdict.undelivered += len(own - seen_by_agent)
    seen = set().union(*map(_cids_of, crowd.contacts))
    replies = {cid for cid in crowd.agent.heard.acks if not cid.endswith("_note")}
    verdict.delivered += len(replies & seen)
    verdict.undelivered += len(replies - seen)


def _cids_of(tab: Tab) -> set[str]:
    return {
        seen.cid
        for messages in tab.view.messages.values()
        for seen in messages.values()
        if not seen.is_provisional
    }
