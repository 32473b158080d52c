"""A secret sent by every way in is found nowhere: not in the database, its log, or what is said.

Each way has secrets of its own, so that a leak says which way it took. Beside most secrets
stands a marker that is no secret: it has to be found, which proves that the way leads to the
disk. (Files cannot be sent yet, so there are no file names.)
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from bitp.policies.secrets import MASK_PATTERN
from tests.survival.canaries import CHINESE, Canaries, files_of
from tests.survival.client import NoAnswer, until
from tests.survival.outbox import Frame
from tests.survival.running import System
from tests.survival.tabs import AgentTab, CustomerTab
from tests.survival.web import Browser

pytestmark = [pytest.mark.sqlite]

HOST = {"key": "shop", "host_secret": "h" * 40, "origins": "https://shop.example"}
SEED = 39


class Stage:
    """A running system, a customer and an agent in one conversation, and the canaries."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.canaries = Canaries(SEED)
        self.markers: list[str] = []
        self.alice = CustomerTab(system.port)
        self.carol = AgentTab(system.port)
        self.conversation = ""

    async def begin(self) -> None:
        await asyncio.to_thread(self.system.errand, "set_inbox", **HOST)
        await self.carol.begin()
        await self.alice.begin()
        self.alice.say("first", "hello", "talk")
        await until(lambda: self.alice.heard.acks, what="the first message")
        self.conversation = self.alice.conversation_of_thread["talk"]
        stream = f"conversation/{self.conversation}/staff"
        await until(lambda: stream in self.carol.followed, what="Carol")

    async def end(self) -> None:
        await self.alice.stop()
        await self.carol.stop()

    def marker(self) -> str:
        """A word that has to be found on the disk."""
        self.markers.append(f"zqz{len(self.markers)}qzq")
        return self.markers[-1]

    def texts(self, way: str) -> list[str]:
        """What somebody might paste, one text for each kind of secret."""
        new = self.canaries
        return [
            f"{self.marker()} my words:\n{new.phrase(f'{way}, 12 words')}\nplease help",
            f"{self.marker()}\n{new.phrase(f'{way}, 24 words', 24)}",
            f"{self.marker()} 助记词：{new.phrase(f'{way}, Chinese', 12, CHINESE)}",
            f"{self.marker()} key {new.private_key(f'{way}, key')}!",
        ]


# --- the ways in that lead to the disk ---------------------------------------------------


async def by_socket(stage: Stage) -> None:
    for number, text in enumerate(stage.texts("message")):
        stage.alice.say(f"socket{number}", text, f"talk{number % 2}", topic="security")
    await until(lambda: not stage.alice.outbox.items, what="messages")


async def by_long_poll(stage: Stage) -> None:
    where = {"t": "send", "conversation": stage.conversation}
    texts = enumerate(stage.texts("poll"))
    sends = [{**where, "cid": f"poll{number}", "body": text} for number, text in texts]
    frames: list[Frame] = [{"t": "hello", "v": 1, "ticket": await stage.alice.ask_ticket()}, *sends]
    poll: Frame = {"t": "poll"}
    results: list[str] = []
    while len(results) < len(sends):
        answer = await stage.alice.browser.post_json_soon("/live/poll", [poll, *frames])
        polled, *told = answer.json()
        results += [frame["result"] for frame in told if frame["t"] == "ack"]
        poll, frames = {"t": "poll", "id": polled["id"], "seen": polled["n"]}, []
    assert set(results) == {"accepted"}


async def by_agent(stage: Stage) -> None:
    for number, text in enumerate(stage.texts("reply")):
        stage.carol.reply(stage.conversation, f"reply{number}", text)
    for number, text in enumerate(stage.texts("note")):
        stage.carol.reply(stage.conversation, f"note{number}", text, note=True)
    await until(lambda: not stage.carol.outbox.items, what="replies and notes")


async def by_draft(stage: Stage) -> None:
    for note in (False, True):
        text = "\n".join(stage.texts(f"draft {note}"))
        where = {"conversation": stage.conversation, "note": note}
        stage.carol.send({"t": "draft", "body": text, **where})
        await until_drafted(stage, stage.markers[-1])


async def until_drafted(stage: Stage, wanted: str) -> None:
    path = f"/console/data/c/{stage.conversation}"
    deadline = time.monotonic() + 15
    while wanted not in json.dumps((await stage.carol.browser.get_soon(path)).json()["drafts"]):
        assert time.monotonic() < deadline, wanted
        await asyncio.sleep(0.1)


async def by_name(stage: Stage) -> None:
    """Through the host's signed word for its user: at first, and when it is changed."""
    for number, way in enumerate(("name", "name again")):
        name = f"{stage.marker()} {stage.canaries.phrase(way)}"
        answer = await enter_by_host(stage, f"user{number // 2}", name=name)
        assert answer["identity_accepted"], answer
    answer = await enter_by_host(stage, "user2", name=stage.canaries.private_key("name, key"))
    assert MASK_PATTERN.search(answer["subject"]["name"])
    long = stage.canaries.phrase("long name", 24)
    await enter_by_host(stage, "user3", name=f"{stage.marker()} {long}")


async def by_host_email(stage: Stage) -> None:
    await enter_by_host(stage, "user4", email=stage.canaries.phrase("email"))
    key = stage.canaries.private_key("email key")
    await enter_by_host(stage, "user5", email=f"{key}@example.com")


async def enter_by_host(stage: Stage, subject: str, **claims: str) -> Any:
    now = int(time.time())
    facts = {"aud": HOST["key"], "sub": subject, "iat": now, "exp": now + 600, **claims}
    token = jwt.encode(facts, HOST["host_secret"], "HS256")
    entry = {"inbox": HOST["key"], "identity": token}
    answer = await Browser(stage.system.port).post_json_soon("/chat/ticket", entry)
    assert answer.status == 200, answer
    return answer.json()


# --- the ways in that must lead nowhere --------------------------------------------------


async def by_topic_and_about(stage: Stage) -> None:
    """Frames whose small fields hold it are refused; a topic that is none of ours is dropped."""
    words = stage.canaries.phrase("topic").replace(" ", "-")
    key = stage.canaries.private_key("about")
    fields = ({"topic": words}, {"about": words}, {"about": key}, {"language": words[:10]})
    for number, field in enumerate(({"topic": key[:20]}, *fields)):
        thread = f"field{number}"
        stage.alice.send({"t": "send", "cid": thread, "body": "about", "thread": thread, **field})
    heard = stage.alice.heard
    await until(lambda: {"field0", "field2", "field3", "field4"} <= set(heard.acks))
    await until(lambda: [each["cid"] for each in heard.refusals] == ["field1"])


async def by_topic_form(stage: Stage) -> None:
    for text in (stage.canaries.phrase("topic form"), stage.canaries.private_key("topic form")):
        path = f"/chat/conversations/{stage.conversation}/topic"
        bearer = {"Authorization": f"Bearer {stage.alice.access}"}
        browser = stage.alice.browser
        answer = await browser.post_json_soon(path, {"topic": text[:20]}, **bearer)
        assert answer.status == 400
        assert (await browser.post_json_soon(path, {"topic": text}, **bearer)).status == 400
        path = f"/console/data/c/{stage.conversation}/topic"
        with pytest.raises(NoAnswer, match="400"):
            await stage.carol.post(path, {"topic": text})


async def by_address_form(stage: Stage) -> None:
    key = stage.canaries.private_key("address, key")
    words = stage.canaries.phrase("address, words")
    path = f"/chat/conversations/{stage.conversation}/address"
    bearer = {"Authorization": f"Bearer {stage.alice.access}"}
    for address in (words, f"{key}@example.com", f'"{words}"@example.com'):
        answer = await stage.alice.browser.post_json_soon(path, {"email": address}, **bearer)
        assert answer.status == 400


async def by_searches(stage: Stage) -> None:
    for path in ("/support?q=", "/support/conversations?q=", "/nowhere?q="):
        await get_quietly(stage.alice.browser, path + quote(stage.canaries.phrase(path)))
    for path in ("/console/data/lists?view=all&search=", "/console/staff/?q="):
        await get_quietly(stage.carol.browser, path + quote(stage.canaries.phrase(path)))
    header = {"Referer": stage.system.origin + "/support?q=" + stage.canaries.phrase("referer")}
    agent = {"User-Agent": stage.canaries.phrase("user agent")}
    await stage.alice.browser.get_soon("/support", **header, **agent)
    await stage.alice.browser.get_soon("/nowhere", **header, **agent)


async def by_paths(stage: Stage) -> None:
    for path in ("/support/guide/", "/chat/conversations/", "/", "/console/data/c/", "/live/"):
        for joint in ("-", "%20"):
            words = joint.join(stage.canaries.phrase(f"path {path}{joint}").split())
            await get_quietly(stage.alice.browser, path + words)
            await get_quietly(stage.carol.browser, path + words)


async def by_sign_in_forms(stage: Stage) -> None:
    browser = Browser(stage.system.port)
    forms = {
        "/account/login/": ("login", "password"),
        "/account/signup/": ("email", "password1"),
        "/console/sign-in": ("email", "code"),
    }
    for path, names in forms.items():
        for name in names:
            fields = dict.fromkeys(names, "somebody@example.com")
            fields[name] = stage.canaries.phrase(f"{path} {name}")
            await asyncio.to_thread(browser.post_form, path, path, **fields)
        words = quote(stage.canaries.phrase(f"next of {path}"))
        await get_quietly(browser, f"{path}?next=/{words}")


async def by_small_forms(stage: Stage) -> None:
    browser = Browser(stage.system.port)
    new = stage.canaries
    fields = {"language": new.phrase("language"), "next": "/" + new.phrase("next")}
    await asyncio.to_thread(browser.post_form, "/language", "/support", **fields)
    fields = {"theme": new.phrase("theme"), "next": "/" + new.phrase("theme's next")}
    await asyncio.to_thread(browser.post_form, "/theme", "/support", **fields)
    page = "/support/guide/privacy"
    fields = {"helped": new.phrase("helped")}
    await asyncio.to_thread(browser.post_form, f"{page}/answer", page, **fields)


async def by_ticket_fields(stage: Stage) -> None:
    for name in ("visitor", "identity", "inbox", "language"):
        for secret in (stage.canaries.phrase(name), stage.canaries.private_key(name)):
            for value in (secret, secret[:30]):
                await stage.alice.browser.post_json_soon("/chat/ticket", {name: value})


async def by_bad_frames(stage: Stage) -> None:
    """What is not understood is not repeated in any log."""
    words = stage.canaries.phrase("bad frames")
    heard = stage.alice.heard
    before = len(heard.errors) + len(heard.refusals)
    bad: list[Frame] = [
        {"t": words},
        {"t": "send", "cid": words, "body": words},
        {"t": "send", "cid": "bad", "body": words, "thread": "x", "at_us": 1},
        {"t": "subscribe", "stream": words},
        {"t": "typing", "conversation": words, "on": True},
        {"t": "subscribe", "stream": "conversation/" + words.replace(" ", "-")},
    ]
    for frame in bad:
        stage.alice.send(frame)
    await until(
        lambda: len(heard.errors) + len(heard.refusals) >= before + len(bad), what="refusals"
    )


async def get_quietly(browser: Browser, path: str) -> None:
    """Whatever it answers; a mishap is judged at the end."""
    await browser.get_soon(path, Accept="text/html")


WAYS: tuple[Callable[[Stage], Any], ...] = (
    by_socket,
    by_long_poll,
    by_agent,
    by_draft,
    by_name,
    by_host_email,
    by_topic_and_about,
    by_topic_form,
    by_address_form,
    by_searches,
    by_paths,
    by_sign_in_forms,
    by_small_forms,
    by_ticket_fields,
    by_bad_frames,
)


async def play(system: System) -> Stage:
    stage = Stage(system)
    try:
        await stage.begin()
        for way in WAYS:
            await way(stage)
    finally:
        await stage.end()
    return stage


def test_a_secret_sent_by_every_way_in_is_found_nowhere(system: System) -> None:
    stage = asyncio.run(play(system))
    leaks = stage.canaries.find_in_files(system.data)
    leaks += [f"said: {way}" for way in stage.canaries.find_in(system.log.read_bytes())]
    unpacked = json.dumps(system.errand("sessions"), ensure_ascii=False)
    leaks += [f"a session: {way}" for way in stage.canaries.find_in(unpacked.encode())]
    content = b"".join(path.read_bytes() for path in files_of(system.data))
    unseen = [marker for marker in stage.markers if marker.encode() not in content]
    system.stop()
    leaks += [f"{leak}, at the end" for leak in stage.canaries.find_in_files(system.data)]
    print(
        f"{len(stage.canaries.ways)} secrets by {len(WAYS)} ways, "
        f"{len(content)} bytes in {sum(1 for _ in files_of(system.data))} files: "
        f"{len(leaks)} found"
    )
    assert not leaks, "\n".join(leaks)
    assert unseen == []
    assert [*stage.alice.browser.mishaps, *stage.carol.browser.mishaps] == []
