"""The load generator of ``chat``: a process of its own, people who write and one who reads.

Reads a plan (JSON) from standard input, writes what it measured (JSON) to standard output.
Contacts follow their own conversations, as the widget does; the agent follows all of them, as
the console does. A message counts as delivered when the agent's socket has it.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field

import msgspec
import uvloop

from bitp.config.bench.wire import Wire, open_wire

# About 120 characters, Chinese and English mixed, as customers of a trading platform write.
BODY = (
    "您好，我昨天晚上充值的 0.5 BTC 还没有到账，链上已经有 12 个确认，"
    "could you please check what is missing on your side? 交易号我可以马上发给您，谢谢，麻烦您了。"
)
CID = b'"cid":"'
CID_LENGTH = 10
# Nothing heard for this long: the run is over, whatever is missing is counted.
SILENCE_S = 10.0
TICK_S = 0.002


class Plan(msgspec.Struct):
    """What to do. mode "flood": ``window`` unacknowledged per contact; "rate": ``per_s`` in all;
    "idle": one message every ``pause_s``. ``warm_up_s`` seconds are not counted."""

    port: int
    agent: str
    contacts: list[tuple[str, str]]
    mode: str
    seconds: float
    warm_up_s: float = 1.0
    window: int = 8
    per_s: int = 0
    pause_s: float = 0.1


class Counted(msgspec.Struct):
    """Counts and times; latencies in milliseconds from send to delivery."""

    sent: int = 0
    accepted: int = 0
    delivered: int = 0
    doubled: int = 0
    missing: int = 0
    refused: int = 0
    seconds: float = 0.0
    throughput_per_s: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0


@dataclass(slots=True)
class Person:
    """A contact with its connection and how much of it is unacknowledged."""

    reference: str
    wire: Wire
    open_sends: int = 0


@dataclass(slots=True)
class Run:
    """One run: who takes part, what was sent when, what came back."""

    plan: Plan
    people: list[Person] = field(default_factory=list)
    sent_at: dict[bytes, float] = field(default_factory=dict)
    owner: dict[bytes, Person] = field(default_factory=dict)
    acked: set[bytes] = field(default_factory=set)
    arrived: dict[bytes, float] = field(default_factory=dict)
    doubled: int = 0
    refused: int = 0
    heard_at: float = 0.0
    sending: bool = True

    async def connect(self) -> None:
        """Opens all connections and follows the streams."""
        address = ("127.0.0.1", self.plan.port)
        for ticket, reference in self.plan.contacts:
            wire = await open_wire(address, self.on_contact)
            wire.send({"t": "hello", "v": 1, "ticket": ticket})
            wire.send({"t": "subscribe", "stream": f"conversation/{reference}/customer", "n": 1})
            self.people.append(Person(reference, wire))
        agent = await open_wire(address, self.on_agent)
        agent.send({"t": "hello", "v": 1, "ticket": self.plan.agent})
        for _, reference in self.plan.contacts:
            agent.send({"t": "subscribe", "stream": f"conversation/{reference}/staff", "n": 2})
            await asyncio.sleep(0.02)

    def send(self, person: Person) -> None:
        """One message with the next id."""
        cid = b"%0*d" % (CID_LENGTH, len(self.sent_at))
        self.owner[cid] = person
        person.open_sends += 1
        body = b'{"t":"send","cid":"%b","conversation":"%b","body":"%b"}' % (
            cid,
            person.reference.encode(),
            BODY.encode(),
        )
        self.sent_at[cid] = time.perf_counter()
        person.wire.send_text(body)

    def on_contact(self, _wire: Wire, frame: bytes) -> None:
        """Acknowledgements; the contact's own events are received and let be."""
        if not frame.startswith(b'{"t":"ack"'):
            return
        cid = _cid(frame)
        person = self.owner[cid]
        person.open_sends -= 1
        if b'"accepted"' not in frame:
            self.refused += 1
        self.acked.add(cid)
        if self.sending and self.plan.mode == "flood":
            self.send(person)

    def on_agent(self, _wire: Wire, frame: bytes) -> None:
        """Deliveries."""
        if b'"message.posted"' not in frame:
            return
        self.heard_at = time.perf_counter()
        cid = _cid(frame)
        if cid not in self.sent_at:  # the demo's stand-in answers people who wait
            return
        if cid in self.arrived:
            self.doubled += 1
        self.arrived[cid] = self.heard_at

    async def play(self) -> Counted:
        """Sends as planned, waits for the rest, and counts."""
        await self.connect()
        started = time.perf_counter()
        end = started + self.plan.warm_up_s + self.plan.seconds
        await getattr(self, self.plan.mode)(end)
        self.sending = False
        await self.settle()
        return self.count(started + self.plan.warm_up_s, end)

    async def flood(self, end: float) -> None:
        """Each contact keeps its window full."""
        for person in self.people:
            for _ in range(self.plan.window):
                self.send(person)
        await asyncio.sleep(end - time.perf_counter())

    async def rate(self, end: float) -> None:
        """A steady rate whatever comes back."""
        started, count = time.perf_counter(), 0
        while (now := time.perf_counter()) < end:
            while count < (now - started) * self.plan.per_s:
                self.send(self.people[count % len(self.people)])
                count += 1
            await asyncio.sleep(TICK_S)

    async def idle(self, end: float) -> None:
        """One person, one message at a time, in an otherwise silent system."""
        while time.perf_counter() < end:
            self.send(self.people[0])
            await asyncio.sleep(self.plan.pause_s)

    async def settle(self) -> None:
        """Waits until all that was acknowledged is delivered, or it is silent for long."""
        self.heard_at = max(self.heard_at, time.perf_counter())
        while time.perf_counter() - self.heard_at < SILENCE_S:
            if len(self.acked) == len(self.sent_at) and self.acked <= self.arrived.keys():
                return
            await asyncio.sleep(0.05)

    def count(self, start: float, end: float) -> Counted:
        """The figures of the counted part of the run."""
        counted = [cid for cid, at in self.arrived.items() if start <= at < end]
        delays = sorted((self.arrived[cid] - self.sent_at[cid]) * 1e3 for cid in counted)
        return Counted(
            sent=len(self.sent_at),
            accepted=len(self.acked) - self.refused,
            delivered=len(self.arrived),
            doubled=self.doubled,
            missing=len(self.acked - self.arrived.keys()) - self.refused,
            refused=self.refused,
            seconds=round(end - start, 3),
            throughput_per_s=round(len(counted) / (end - start), 1),
            p50_ms=round(_quantile(delays, 0.50), 3),
            p99_ms=round(_quantile(delays, 0.99), 3),
        )


def _cid(frame: bytes) -> bytes:
    at = frame.index(CID) + len(CID)
    return frame[at : at + CID_LENGTH]


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def main() -> None:
    """One run."""
    plan = msgspec.json.decode(sys.stdin.buffer.read(), type=Plan)

    async def play() -> Counted:
        return await Run(plan).play()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        measured = runner.run(play())
    sys.stdout.buffer.write(msgspec.json.encode(measured) + b"\n")


if __name__ == "__main__":
    main()
