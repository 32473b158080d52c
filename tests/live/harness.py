"""A gateway on a real port with real sockets, and clients that speak to it."""

from __future__ import annotations

import asyncio
import functools
import itertools
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ParamSpec

import msgspec
import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from bitp.live.gateway import Gateway
from bitp.live.settings import GatewaySettings
from tests.live.memory_inbound import MemoryInbound

P = ParamSpec("P")

LIMIT_S = 10.0
_ids = itertools.count(1)

# Fast clocks: the tests wait on conditions, and the conditions come soon.
QUICK: dict[str, Any] = {"tick_s": 0.01, "close_s": 0.3, "drain_s": 2.0, "gather_s": 0.05}


def in_loop(test: Callable[P, Awaitable[None]]) -> Callable[P, None]:
    """Run an asynchronous test in a loop of its own."""

    @functools.wraps(test)
    def runs(*args: P.args, **kwargs: P.kwargs) -> None:
        async def limited() -> None:
            async with asyncio.timeout(60):
                await test(*args, **kwargs)

        uvloop.run(limited())

    return runs


async def until(condition: Callable[[], Any], limit_s: float = LIMIT_S, what: str = "") -> Any:
    """The first true value of ``condition``; fails the test after ``limit_s``."""
    deadline = asyncio.get_running_loop().time() + limit_s
    while not (value := condition()):
        assert asyncio.get_running_loop().time() < deadline, f"not within {limit_s} s: {what}"
        await asyncio.sleep(0.005)
    return value


class Friend:
    """A client of the tests on a WebSocket."""

    def __init__(self, socket_: ClientConnection) -> None:
        self.socket = socket_
        self.welcome: dict[str, Any] = {}
        self.seen: list[dict[str, Any]] = []

    async def tell(self, t: str, **fields: Any) -> None:
        await self.socket.send(msgspec.json.encode({"t": t, **fields}), text=True)

    async def next(self, t: str = "", **fields: Any) -> dict[str, Any]:
        """The next frame of that type whose fields are so; others are kept in ``seen``."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                frame: dict[str, Any] = msgspec.json.decode(await self.socket.recv())
                self.seen.append(frame)
                if t in ("", frame["t"]) and all(frame.get(k) == v for k, v in fields.items()):
                    return frame

    async def hello(self, ticket: str = "", resume: str = "") -> dict[str, Any]:
        await self.tell("hello", v=1, ticket=ticket, resume=resume)
        self.welcome = await self.next("welcome")
        return self.welcome

    async def follow(self, stream: str, n: int = 0) -> dict[str, Any]:
        await self.tell("subscribe", stream=stream, n=n)
        return await self.next("subscribed", stream=stream)

    async def say(self, body: str, cid: str = "", **fields: Any) -> dict[str, Any]:
        """Send a message and wait for its ack."""
        cid = cid or f"m{next(_ids)}"
        await self.tell("send", cid=cid, body=body, **fields)
        return await self.next("ack", cid=cid)

    async def closed(self) -> int:
        """The code with which the server closes; frames until then go to ``seen``."""
        try:
            async with asyncio.timeout(LIMIT_S):
                while True:
                    self.seen.append(msgspec.json.decode(await self.socket.recv()))
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else 1006

    async def pong(self) -> None:
        """A round trip: everything sent before was acted on, everything due has arrived."""
        n = next(_ids)
        await self.tell("ping", n=n)
        await self.next("pong", n=n)


class Live:
    """A running gateway."""

    def __init__(self, gateway: Gateway, inbound: MemoryInbound, listening: socket.socket) -> None:
        self.gateway = gateway
        self.inbound = inbound
        self.listening = listening
        self.host, self.port = listening.getsockname()[:2]
        self._friends: list[Friend] = []

    async def connect(self, **options: Any) -> Friend:
        url = f"ws://{self.host}:{self.port}/live"
        options = {"compression": None, "ping_interval": None, "max_size": None, **options}
        friend = Friend(await connect(url, proxy=None, **options))
        self._friends.append(friend)
        return friend

    async def join(self, key: str, **how: Any) -> Friend:
        """A connected client that said hello."""
        friend = await self.connect()
        await friend.hello(self.inbound.ticket(key, **how))
        return friend

    async def raw(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self.host, self.port)

    async def hang_up(self) -> None:
        for friend in self._friends:
            friend.socket.transport.abort()


def listen() -> socket.socket:
    """A listening socket on an ephemeral port, as the supervisor holds it."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(4096)
    return listening


@asynccontextmanager
async def live(
    inbound: MemoryInbound | None = None, web: str = "", **settings: Any
) -> AsyncIterator[Live]:
    """A gateway with quick clocks, drained at the end."""
    inbound = inbound or MemoryInbound()
    listening = listen()
    with tempfile.TemporaryDirectory() as folder:
        path = web or str(Path(folder) / "no-web")
        gateway = Gateway(path, inbound, GatewaySettings(**{**QUICK, **settings}))
        await gateway.start(listening.dup())
        running = Live(gateway, inbound, listening)
        try:
            yield running
        finally:
            inbound.switches.gate.set()
            await running.hang_up()
            await gateway.drain()
            listening.close()
