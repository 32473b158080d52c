"""One browser tab as the server sees it: it connects, resumes, resends, follows and merges.

The rules are those of the scripts in src/bitp/web/static/client (connection.js, outbox.js,
streams.js, thread.js), written down a second time so that a mistake of theirs is not repeated
here. Only the pauses are shorter.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.survival.outbox import Frame, Item, Outbox
from tests.survival.view import Seen, View

PAUSE_FIRST_S = 0.1
PAUSE_MAX_S = 1.0
WELCOME_WAIT_S = 10.0
PING_EVERY_S = 2.0
# Nothing heard for this long, although pings went out: the line is dead.
SILENCE_S = 8.0
LOOK_S = 0.2

SIGNED_OUT, OUTDATED = 4403, 4406
FOR_GOOD = {SIGNED_OUT, OUTDATED}


class NoAnswer(Exception):
    """The site did not give what was asked for; asked again later."""


@dataclass(slots=True)
class Followed:
    """A stream, the number of its last entry that was had, and whether it was asked for."""

    n: int
    asked: bool = False


@dataclass(slots=True)
class Heard:
    """What happened to a tab; ``acks``: conversation, number and text by client id."""

    acks: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    refusals: list[Frame] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    busy: int = 0
    duplicates: int = 0
    welcomes: int = 0
    resumed: int = 0
    resyncs: int = 0
    closes: list[int] = field(default_factory=list)
    errors: list[Frame] = field(default_factory=list)


class Tab:
    """A tab that lives until ``stop``. Subclasses say what they follow and how to load pages."""

    def __init__(self, port: int, window: int = 1) -> None:
        self.port = port
        self.heard = Heard()
        self.outbox = Outbox(self.send, window)
        self.view = View(self.heard.contradictions)
        self.followed: dict[str, Followed] = {}
        self.resume = ""
        self.is_online = False
        self.online_at = 0.0
        self.ended_by = 0
        # Told of each new acknowledgement: client id, conversation, number.
        self.on_promise: Callable[[str, str, int], None] = lambda *_: None
        self._tries = 0
        self._out: asyncio.Queue[Frame] = asyncio.Queue()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._life: asyncio.Task[None] | None = None

    # --- what a kind of tab knows

    async def get_ticket(self) -> str:
        """A fresh ticket for hello; raises NoAnswer."""
        raise NotImplementedError

    async def load(self, stream: str) -> int:
        """Loads the stream's page again; returns the number it carries. Raises NoAnswer."""
        raise NotImplementedError

    def on_event(self, stream: str, event: Frame) -> None:
        """An entry, in order and once."""

    def on_welcome(self) -> None:
        """The line is up."""

    # --- how it stands

    def is_silent(self) -> bool:
        """Whether everything written is acknowledged."""
        return not self.outbox.items

    def was_answered(self, count: int) -> bool:
        """Whether more than so many messages were acknowledged."""
        return len(self.heard.acks) > count

    def shows(self, conversation: str, wanted: dict[int, tuple[str, str]]) -> bool:
        return self.view.texts(conversation) == wanted

    # --- life

    def start(self) -> None:
        self._life = asyncio.get_running_loop().create_task(self._live())

    async def sleep(self) -> None:
        """The machine is shut: the line ends, what is known stays. ``start`` wakes it."""
        await _end(self._life)
        self.is_online = False

    async def stop(self) -> None:
        for task in [self._life, *self._tasks]:
            await _end(task)

    def do(self, work: Awaitable[Any]) -> None:
        """Something beside the line, such as loading a page."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _live(self) -> None:
        while self.ended_by not in FOR_GOOD:
            code = 0
            with suppress(
                OSError, NoAnswer, InvalidHandshake, InvalidMessage, TimeoutError, EOFError
            ):
                code = await self._one_line()
            self._lost(code)
            longest = min(PAUSE_MAX_S, PAUSE_FIRST_S * 2**self._tries)
            self._tries += 1
            await asyncio.sleep(longest * random.uniform(0.5, 1))

    async def _one_line(self) -> int:
        hello = {"resume": self.resume} if self.resume else {"ticket": await self.get_ticket()}
        async with connect(
            f"ws://localhost:{self.port}/live",
            host="127.0.0.1",
            compression=None,
            ping_interval=None,
            max_size=None,
            proxy=None,
            open_timeout=WELCOME_WAIT_S,
            close_timeout=0.2,
        ) as line:
            self._out = asyncio.Queue()
            await line.send(encode({"t": "hello", "v": 1, **hello}))
            async with asyncio.TaskGroup() as sides:
                writing = sides.create_task(self._write(line))
                looking = sides.create_task(self._look())
                code = await self._read(line)
                writing.cancel()
                looking.cancel()
            return code

    async def _read(self, line: ClientConnection) -> int:
        """Until the end of the line; returns its close code."""
        try:
            while True:
                async with asyncio.timeout(SILENCE_S if self.is_online else WELCOME_WAIT_S):
                    data = await line.recv()
                self._hear(msgspec.json.decode(data))
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else 1006
        except TimeoutError:
            return 1006

    async def _write(self, line: ClientConnection) -> None:
        while True:
            frame = await self._out.get()
            try:
                await line.send(encode(frame))
            except ConnectionClosed:
                return

    async def _look(self) -> None:
        pinged = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_S)
            self.outbox.flush()
            if time.monotonic() - pinged > PING_EVERY_S:
                pinged = time.monotonic()
                self.send({"t": "ping"})

    def _lost(self, code: int) -> None:
        self.is_online = False
        if code:
            self.heard.closes.append(code)
        if code == 4401:
            self.resume = ""
        if code in FOR_GOOD:
            self.ended_by = code

    # --- frames

    def send(self, frame: Frame) -> bool:
        """Hands a frame to the line; False when there is none just now."""
        if self.is_online:
            self._out.put_nowait(frame)
        return self.is_online

    def _hear(self, frame: Frame) -> None:
        hear = getattr(self, f"_on_{frame['t']}", None)
        if hear is not None:
            hear(frame)

    def _on_welcome(self, frame: Frame) -> None:
        self.heard.welcomes += 1
        self.heard.resumed += bool(self.resume)
        self.resume = frame["resume"]
        self.is_online, self.online_at, self._tries = True, time.monotonic(), 0
        for stream in self.followed:
            self._subscribe(stream)
        self.outbox.flush(again=True)
        self.on_welcome()

    def _on_ack(self, frame: Frame) -> None:
        item = self.outbox.items.get(frame["cid"])
        if frame["result"] in {"accepted", "duplicate"}:
            self._acknowledged(frame, item)
        elif frame.get("retry"):
            self.heard.busy += 1
            if item:
                self.outbox.busy(item)
        else:
            self.heard.refusals.append(frame)
            self.outbox.items.pop(frame["cid"], None)
        self.outbox.flush()

    def _acknowledged(self, frame: Frame, item: Item | None) -> None:
        self.heard.duplicates += frame["result"] == "duplicate"
        told = (frame["conversation"], frame["number"], frame["text"])
        if frame["cid"] not in self.heard.acks:
            self.on_promise(frame["cid"], told[0], told[1])
        before = self.heard.acks.setdefault(frame["cid"], told)
        if before != told:
            self.heard.contradictions.append(f"{frame['cid']}: {before} and {told}")
        self.outbox.items.pop(frame["cid"], None)
        self.view.add(told[0], told[1], Seen(frame["cid"], told[2], is_provisional=True))
        self.on_acknowledged(frame, item)

    def on_acknowledged(self, frame: Frame, item: Item | None) -> None:
        """A message of ours is stored."""

    def _on_error(self, frame: Frame) -> None:
        self.heard.errors.append(frame)
        stream = frame.get("stream", "")
        if stream in self.followed and frame.get("retry_s"):
            self.do(self._subscribe_later(stream, frame["retry_s"]))
        else:
            self.followed.pop(stream, None)

    # --- streams

    def follow(self, stream: str, n: int) -> None:
        """Every entry after ``n``; nothing happens if it is followed already."""
        if stream not in self.followed:
            self.followed[stream] = Followed(n)
            self._subscribe(stream)

    def _subscribe(self, stream: str) -> None:
        followed = self.followed[stream]
        followed.asked = self.send({"t": "subscribe", "stream": stream, "n": followed.n})

    async def _subscribe_later(self, stream: str, pause_s: float) -> None:
        await asyncio.sleep(pause_s)
        if stream in self.followed:
            self._subscribe(stream)

    def _on_subscribed(self, frame: Frame) -> None:
        if frame["stream"] in self.followed:
            self.followed[frame["stream"]].asked = False

    def _on_event(self, frame: Frame) -> None:
        followed = self.followed.get(frame["stream"])
        if followed is None or frame["n"] <= followed.n:
            return
        if frame["n"] > followed.n + 1:
            if not followed.asked:
                self.send({"t": "unsubscribe", "stream": frame["stream"]})
                self._subscribe(frame["stream"])
            return
        followed.n = frame["n"]
        self._merge(frame)
        self.on_event(frame["stream"], frame)

    def _merge(self, frame: Frame) -> None:
        kind, _, rest = frame["stream"].partition("/")
        if kind == "conversation" and frame["kind"] == "message.posted":
            said = frame["data"]
            self.view.add(rest.partition("/")[0], said["number"], Seen(said["cid"], said["text"]))

    def _on_resync(self, frame: Frame) -> None:
        self.heard.resyncs += 1
        if frame["stream"] in self.followed:
            self.do(self._reload(frame["stream"]))

    async def _reload(self, stream: str) -> None:
        while stream in self.followed:
            try:
                self.followed[stream].n = await self.load(stream)
            except NoAnswer:
                await asyncio.sleep(PAUSE_MAX_S)
            else:
                self._subscribe(stream)
                return


async def _end(task: asyncio.Task[Any] | None) -> None:
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def encode(frame: Frame) -> str:
    return msgspec.json.encode(frame).decode()


async def until(condition: Callable[[], Any], limit_s: float = 15.0, what: str = "") -> Any:
    """The first true value of ``condition``; fails the test after ``limit_s``."""
    deadline = time.monotonic() + limit_s
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {limit_s} s: {what}"
        await asyncio.sleep(0.01)
    return value


async def until_each(conditions: Iterable[Callable[[], Any]], limit_s: float, what: str) -> None:
    for condition in conditions:
        await until(condition, limit_s, what)


def conversation_of(stream: str) -> str:
    """The reference in a conversation's stream."""
    return stream.split("/")[1]
