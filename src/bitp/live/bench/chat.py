"""Customers writing and agents receiving, over real sockets: how many, how fast, none lost."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence

from bitp.lib.ids import new_token
from bitp.live.bench.wire import (
    Address,
    WireClient,
    client_frame,
    open_all,
    percentile,
    raise_descriptor_limit,
)
from bitp.live.protocol import (
    VERSION,
    Ack,
    Hello,
    Send,
    Subscribe,
    Subscribed,
    Welcome,
    decode_server_frame,
    encode_frame,
)

LIMIT_S = 60
# Sends a customer has on the way at once when the question is "how many".
WINDOW = 8
# Each message carries a marker of this form, in letters so that no secret's pattern fits it.
_MARKER = re.compile(rb"qz[a-z]{8}")
_LETTERS = "abcdefghijklmnop"
_BODY = (
    "您好，我昨天下午充值的 USDT 到现在还没有到账，麻烦帮我查一下 {marker}。The wallet shows it as "
    "sent, and the network says confirmed. 谢谢您的耐心，我等您的回复。"
)

Figures = dict[str, float | int]


def _marker(number: int) -> str:
    return "qz" + "".join(_LETTERS[number >> shift & 15] for shift in range(28, -4, -4))


class Traffic:
    """What was sent, answered and delivered."""

    def __init__(self) -> None:
        self.sent_at: dict[bytes, float] = {}
        self.answered = 0
        self.accepted = 0
        self.delivered: dict[bytes, int] = {}
        self.latencies_s: list[float] = []
        self.last_delivery = 0.0
        self._prefix = new_token(6)

    def new_send(self, conversation: str) -> bytes:
        """One send as a frame, counted from now."""
        number = len(self.sent_at)
        marker = _marker(number)
        send = Send(f"{self._prefix}{number}", _BODY.format(marker=marker), conversation)
        self.sent_at[marker.encode()] = time.perf_counter()
        return client_frame(encode_frame(send))

    def take_delivery(self, payload: bytes) -> None:
        """A frame that the second party got."""
        now = time.perf_counter()
        for marker in _MARKER.findall(payload)[:1]:
            if marker in self.sent_at:
                self.last_delivery = now
                self.latencies_s.append(now - self.sent_at[marker])
                self.delivered[marker] = self.delivered.get(marker, 0) + 1

    def is_complete(self) -> bool:
        """Whether everything sent was answered and everything accepted delivered."""
        return self.answered == len(self.sent_at) and len(self.delivered) >= self.accepted


class Customer:
    """Opens a conversation, then sends into it."""

    def __init__(self, ticket: str) -> None:
        self._ticket = ticket
        self.conversation = ""
        self.traffic: Traffic | None = None
        self.is_pressing = False
        self.wire = WireClient(self._hello, self._heard, lambda: None)

    def send_one(self) -> None:
        """One message, answered later."""
        if self.traffic is not None:
            self.wire.write(self.traffic.new_send(self.conversation))

    def _hello(self) -> None:
        self.wire.send(Hello(v=VERSION, ticket=self._ticket))

    def _heard(self, payload: bytes) -> None:
        if self.traffic is not None and payload.startswith(b'{"t":"ack"'):
            self.traffic.answered += 1
            self.traffic.accepted += b'"result":"accepted"' in payload
            if self.is_pressing:
                self.send_one()
        elif not self.conversation:
            self._open(payload)

    def _open(self, payload: bytes) -> None:
        frame = decode_server_frame(payload)
        if isinstance(frame, Welcome):
            for stream in frame.streams:
                self.wire.send(Subscribe(stream))
            self.wire.send(Send(new_token(), "Hello, is anybody there?", thread=new_token()))
        elif isinstance(frame, Ack):
            self.conversation = frame.conversation


class Agent:
    """Follows the staff streams of its conversations."""

    def __init__(self, ticket: str) -> None:
        self._ticket = ticket
        self.traffic: Traffic | None = None
        self.followed = 0
        self.is_welcome = False
        self.wire = WireClient(self._hello, self._heard, lambda: None)

    def follow(self, conversation: str) -> None:
        """Follow one more conversation."""
        self.wire.send(Subscribe(f"conversation/{conversation}/staff"))

    def _hello(self) -> None:
        self.wire.send(Hello(v=VERSION, ticket=self._ticket))

    def _heard(self, payload: bytes) -> None:
        if self.traffic is not None:
            self.traffic.take_delivery(payload)
            return
        frame = decode_server_frame(payload)
        self.is_welcome = self.is_welcome or isinstance(frame, Welcome)
        self.followed += isinstance(frame, Subscribed)


class Crowd:
    """Customers with an open conversation each, and the agents who follow them."""

    def __init__(self, customers: Sequence[str], agents: Sequence[str]) -> None:
        self.customers = [Customer(ticket) for ticket in customers]
        self.agents = [Agent(ticket) for ticket in agents]

    async def come_in(self, address: Address) -> None:
        """Connect everybody; returns when every conversation is open and followed."""
        raise_descriptor_limit()
        await open_all(address, [each.wire for each in self.customers + self.agents])
        await _until(lambda: all(each.conversation for each in self.customers))
        await _until(lambda: all(agent.is_welcome for agent in self.agents))
        for number, customer in enumerate(self.customers):
            self.agents[number % len(self.agents)].follow(customer.conversation)
        await _until(lambda: sum(each.followed for each in self.agents) == len(self.customers))

    def take_up(self, traffic: Traffic) -> None:
        """Count from here on in ``traffic``."""
        for each in self.customers + self.agents:
            each.traffic = traffic

    def leave(self) -> None:
        """Disconnect everybody."""
        for each in self.customers + self.agents:
            each.wire.close()


async def measure_throughput(
    address: Address, customers: Sequence[str], agents: Sequence[str], seconds: float
) -> Figures:
    """Every customer (one per ticket) keeps WINDOW sends on the way for ``seconds``."""
    crowd, traffic = Crowd(customers, agents), Traffic()
    await crowd.come_in(address)
    crowd.take_up(traffic)
    began = time.perf_counter()
    for customer in crowd.customers:
        customer.is_pressing = True
        for _ in range(WINDOW):
            customer.send_one()
    await asyncio.sleep(seconds)
    for customer in crowd.customers:
        customer.is_pressing = False
    await _until(traffic.is_complete)
    crowd.leave()
    elapsed = traffic.last_delivery - began
    return {"throughput_per_s": round(len(traffic.delivered) / elapsed), **_figures(traffic)}


async def measure_latency(
    address: Address,
    customers: Sequence[str],
    agents: Sequence[str],
    seconds: float,
    rate_per_s: float,
) -> Figures:
    """All customers together send ``rate_per_s``, evenly, whatever the answers do."""
    crowd, traffic = Crowd(customers, agents), Traffic()
    await crowd.come_in(address)
    crowd.take_up(traffic)
    began, sent = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while sent < elapsed * rate_per_s:
            crowd.customers[sent % len(crowd.customers)].send_one()
            sent += 1
        await asyncio.sleep(0.001)
    await _until(traffic.is_complete)
    crowd.leave()
    return {"rate_per_s": round(sent / seconds), **_figures(traffic)}


def _figures(traffic: Traffic) -> Figures:
    latencies_ms = [1000 * each for each in traffic.latencies_s]
    return {
        "sent": len(traffic.sent_at),
        "accepted": traffic.accepted,
        "delivered": len(traffic.delivered),
        "lost": traffic.accepted - len(traffic.delivered),
        "doubled": sum(count - 1 for count in traffic.delivered.values()),
        "p50_ms": round(percentile(latencies_ms, 0.5), 2),
        "p99_ms": round(percentile(latencies_ms, 0.99), 2),
    }


async def _until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(LIMIT_S):
        while not condition():  # noqa: ASYNC110 - counted in callbacks, looked at rarely
            await asyncio.sleep(0.01)
