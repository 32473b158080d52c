"""Mallory sends everything through the real socket; Alice and Carol talk on as if nothing were.

A short run with a fixed seed: the gateway alone is searched more deeply in tests/live. Here what
is understood goes all the way, through the desk into the database.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.survival.client import Tab, until
from tests.survival.crowd import expected
from tests.survival.running import System
from tests.survival.tabs import AgentTab, CustomerTab

pytestmark = pytest.mark.sqlite

SEED = 666
FRAMES_OF_EACH_TYPE = 40
READ_EVERY = 5
ANSWER_S = 10.0
ODD: tuple[Any, ...] = (
    *("", "\x00", "a\x00b", "\ud800", "\u202eexe.gpj", "\u200b\u200d\ufeff", "مرحبا", "𝕏" * 3000),
    *("<script>alert(1)</script>", "'; DROP TABLE x; --", "%s %(a)s {0}", "../../etc/passwd"),
    *("x" * 8000, "x" * 8001, "x" * 60_000, "\r\n\r\nGET / HTTP/1.1", "🏳️‍🌈" * 200),
    *(-1, 0, 1, 2**31, 2**53 - 1, 2**53, 2**70, 1.5, 1e308, True, False, None, [], {}, [[[]]]),
    *({"t": "hello"}, "available", "conversation/BP-2222-2222/staff", "queue/main", "operations"),
)
# What a raw connection may bring, in place of a browser's request.
RAW = (
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
    b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    b"POST /live/poll HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFF\r\n",
    b"POST /live/poll HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999\r\n\r\n",
    b"GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
    b"PROXY TCP4 6.6.6.6 6.6.6.6 1 1\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"\x00" * 10_000,
    b"GET / HTTP/1.1\r\nX: " + b"a\r\n " * 20_000,
)
# On a socket that was opened properly: the frame layer itself.
WIRE = (
    b"\x81\x05hello",  # not masked
    b"\xff\x85" + bytes(4) + b"hello",  # reserved bits
    b"\x81\xff" + b"\x7f" + b"\xff" * 7 + bytes(4),  # 2^63 bytes announced
    b"\x81\xff" + (2**20).to_bytes(8, "big") + bytes(4) + b"x" * 2**20,  # 1 MB
    b"\x09\xfe\x01\x00" + bytes(4) + bytes(256),  # a ping in pieces, too long
    b"\x80\x80" + bytes(4),  # the end of a message that never began
    b"\x81\x82" + bytes(4) + b"\xc3\x28",  # not UTF-8
    b"\x88\x82" + bytes(4) + b"\x00\x01",  # a close code that does not exist
)


def valid_frames(conversation: str, stream: str) -> dict[str, dict[str, Any]]:
    """One good frame of each type."""
    return {
        "hello": {"v": 1, "ticket": "x", "resume": ""},
        "subscribe": {"stream": stream, "n": 0},
        "unsubscribe": {"stream": stream},
        "send": {
            "cid": "c",
            "body": "b",
            "conversation": conversation,
            "thread": "t",
            "note": False,
            "topic": "order",
            "language": "en",
            "about": "",
        },
        "typing": {"conversation": conversation, "on": True},
        "mark": {"conversation": conversation, "delivered": 1, "read": 1},
        "draft": {"conversation": conversation, "body": "b", "note": False},
        "presence": {"state": "away", "active": True},
        "ping": {"n": 1},
        "poll": {"id": "", "seen": 0},
    }


class Mallory:
    """Says hello with a good token, then whatever comes to mind."""

    def __init__(self, tab: Tab, chance: random.Random) -> None:
        self.tab, self.chance = tab, chance
        self.answers: Counter[str] = Counter()
        self.sent = 0

    async def attack(self, conversations: list[str], side: str) -> None:
        for kind in valid_frames("", ""):
            line = await self.connect()
            for number in range(1, FRAMES_OF_EACH_TYPE + 1):
                reference = self.chance.choice(conversations)
                good = valid_frames(reference, f"conversation/{reference}/{side}")[kind]
                with suppress(ConnectionClosed):
                    await line.send(json.dumps({"t": kind, **self.spoil(good)}))
                    self.sent += 1
                if number % READ_EVERY == 0:
                    answers = READ_EVERY if kind == "send" else 0
                    line = line if await self.read(line, answers) else await self.connect()
            line.transport.abort()

    def spoil(self, good: dict[str, Any]) -> dict[str, Any]:
        """One or two fields with something odd, now and then one missing or one too many."""
        frame = dict(good)
        names = self.chance.sample(list(good), min(len(good), self.chance.choice((1, 1, 2))))
        if "body" in good and self.chance.random() < 0.5:
            names = ["body"]
        for name in names:
            alike = [odd for odd in ODD if type(odd) is type(good[name])]
            frame[name] = self.chance.choice(alike if self.chance.random() < 0.7 else ODD)
        if frame.get("cid") == "c":
            frame["cid"] = f"mallory{self.chance.getrandbits(60)}"
        if self.chance.random() < 0.05:
            frame.pop(self.chance.choice(list(frame)))
        if self.chance.random() < 0.05:
            frame[self.chance.choice(["x", "t", "\x00", "at_us"])] = self.chance.choice(ODD)
        return frame

    async def connect(self) -> ClientConnection:
        line = await open_line(self.tab.port)
        await line.send(json.dumps({"t": "hello", "v": 1, "resume": self.tab.resume}))
        assert '"welcome"' in str(await line.recv())
        return line

    async def read(self, line: ClientConnection, least: int) -> bool:
        """The answers, at least so many, and a last ping's; False at the connection's end."""
        heard: Counter[str] = Counter()
        async with asyncio.timeout(ANSWER_S):
            try:
                await line.send('{"t":"ping","n":4711}')
                while heard["pong"] == 0 or heard["error"] + heard["ack"] < least:
                    frame = json.loads(await line.recv())
                    heard[frame["t"]] += 1
                    self.answers[frame.get("code") or frame.get("result") or frame["t"]] += 1
            except ConnectionClosed:
                self.answers[f"closed {line.close_code}"] += 1
                return False
        return True


async def open_line(port: int) -> ClientConnection:
    url = f"ws://localhost:{port}/live"
    return await connect(url, host="127.0.0.1", proxy=None, compression=None, max_size=None)


async def send_raw(port: int, data: bytes, *, upgraded: bool) -> None:
    """Some bytes, and no more than a second of listening to what comes back."""
    if upgraded:
        line = await open_line(port)
        line.transport.write(data)
        with suppress(TimeoutError, ConnectionClosed):
            async with asyncio.timeout(1):
                await line.wait_closed()
        line.transport.abort()
        return
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(1):
            await reader.read()
    writer.transport.abort()


class Honest:
    """Alice and Carol, who talk all the while."""

    def __init__(self, system: System) -> None:
        self.alice, self.carol = CustomerTab(system.port), AgentTab(system.port)
        self.count = 0
        self.conversation = ""

    async def begin(self) -> None:
        await self.carol.begin()
        await self.alice.begin()
        await self.talk()
        self.conversation = self.alice.conversation_of_thread["talk"]
        stream = f"conversation/{self.conversation}/staff"
        await until(lambda: stream in self.carol.followed)

    async def talk(self) -> None:
        """One message each way, and they arrive."""
        self.count += 1
        self.alice.say(f"alice{self.count}", f"Alice {self.count}", "talk")
        await until(lambda: f"alice{self.count}" in self.alice.heard.acks, what="Alice")
        if self.conversation:
            self.carol.reply(self.conversation, f"carol{self.count}", f"Carol {self.count}")
            await until(lambda: f"carol{self.count}" in self.carol.heard.acks, what="Carol")

    async def talk_on(self) -> None:
        while True:
            await self.talk()
            await asyncio.sleep(0.02)


async def attack(system: System) -> tuple[Honest, list[Mallory]]:
    honest, chance = Honest(system), random.Random(SEED)
    await honest.begin()
    visitor, member = CustomerTab(system.port), AgentTab(system.port, "dave")
    await visitor.begin()
    await member.begin()
    visitor.say("first", "hello", "talk")
    await until(lambda: visitor.heard.acks and member.is_online)
    own = visitor.conversation_of_thread["talk"]
    talking = asyncio.create_task(honest.talk_on())
    mallories = [Mallory(visitor, chance), Mallory(member, chance)]
    await mallories[0].attack([own, honest.conversation], "customer")
    await mallories[1].attack([own], "staff")
    await asyncio.gather(*(send_raw(system.port, data, upgraded=False) for data in RAW))
    await asyncio.gather(*(send_raw(system.port, data, upgraded=True) for data in WIRE))
    assert not talking.done(), talking.exception()
    talking.cancel()
    await honest.talk()
    for tab in (honest.alice, honest.carol, visitor, member):
        assert tab.heard.welcomes == 1, "somebody else's connection was cut"
    return honest, mallories


async def check(system: System) -> None:
    honest, mallories = await attack(system)
    stored = {each["reference"]: each for each in system.errand("messages")}
    wanted = expected(stored[honest.conversation], is_staff=False)
    await until(lambda: honest.alice.view.texts(honest.conversation) == wanted)
    said = {cid.rstrip("0123456789") for cid, _ in wanted.values()}
    assert said == {"alice", "carol"}, "somebody wrote into their conversation"
    answers = sum((each.answers for each in mallories), Counter[str]())
    print(
        f"{sum(each.sent for each in mallories)} frames of {len(valid_frames('', ''))} types, "
        f"{len(RAW)} raw connections, {len(WIRE)} broken sockets, answered {dict(answers)}; "
        f"meanwhile {honest.count} messages each way"
    )
    assert answers["accepted"] > 20, "what was understood went all the way"
    for tab in (honest.alice, honest.carol, *(each.tab for each in mallories)):
        await tab.stop()


def test_hostile_input_does_not_end_the_server_for_others(calm: System) -> None:
    before = calm.pids()
    asyncio.run(check(calm))
    assert calm.pids() == before
    assert "Traceback" not in calm.said()
