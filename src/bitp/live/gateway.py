"""The gateway: its parts, and how they are put together."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TypeVar

from bitp.live.batch import Answer
from bitp.live.client import Client
from bitp.live.clients import Clients
from bitp.live.doors import Doors
from bitp.live.doorway import Doorway
from bitp.live.following import Following
from bitp.live.gather import Gather
from bitp.live.greeting import greet
from bitp.live.handling import handle
from bitp.live.inbound import Inbound, Marked, Subject, Tailed
from bitp.live.longpoll import Polls
from bitp.live.metrics import Counts
from bitp.live.protocol import ClientFrame, Hello, Presence, SaveDraft
from bitp.live.readers import Readers
from bitp.live.rights import Rights
from bitp.live.settings import GatewaySettings
from bitp.live.sides import Sides
from bitp.live.streams import Streams
from bitp.live.tail import Tail
from bitp.live.uploads import Uploads
from bitp.live.wheel import Wheel
from bitp.live.writer import Writer

# Connections the kernel queues while we are busy or restarting.
BACKLOG = 4096
# Of how many clients per second the next process greets, for the spread of their return.
GREETED_PER_S = 1_000
# How often draining looks whether everything has ended.
DRAIN_LOOK_S = 0.02

V = TypeVar("V")


class Gateway:
    """Everything between the listening socket, web's socket and the Inbound."""

    def __init__(self, web_path: str, inbound: Inbound, settings: GatewaySettings) -> None:
        self.loop = loop = asyncio.get_running_loop()
        self.time = loop.time
        self.web_path = web_path
        self.inbound = inbound
        self.settings = settings
        self.counts = Counts()
        self.is_draining = False
        self.wheel = Wheel(loop, settings.tick_s)
        self.readers = Readers(loop, settings.readers)
        self.tail = Tail(loop, inbound, self._deliver)
        self.writer = Writer(inbound, self.tail, self._answer_sends, settings.held_s)
        self.streams = Streams()
        self.sides = Sides(loop, self.streams, settings.away_s, settings.gather_s)
        self.following = Following(
            inbound, self.readers, self.streams, self.sides, settings.replay_entries
        )
        self.rights = Rights(loop, inbound, self.readers, settings.right_s)
        self.clients = Clients(settings.sockets_per_subject, settings.sockets_per_address)
        self.polls = Polls(self)
        self.marks = Gather(loop, self.writer, settings.gather_s, inbound.mark, _merge_marks)
        self.drafts = Gather(loop, self.writer, settings.gather_s, self._save_drafts, _newer)
        self.availability = Gather(loop, self.writer, settings.gather_s, self._set_presence, _newer)
        self._doors = Doors(settings.connections_per_address, settings.trusted_proxies)
        self.uploads = Uploads(settings)
        self._unflushed: list[Client] = []
        self._server: asyncio.Server | None = None

    # --- life

    async def start(self, listening_socket: socket.socket) -> None:
        """Find the log's end, then accept connections."""
        await self.loop.run_in_executor(None, self.tail.find_start)
        self.readers.start()
        self.writer.start()
        self.tail.start()
        self.wheel.start()
        self._server = await self.loop.create_server(
            lambda: Doorway(self), sock=listening_socket, backlog=BACKLOG
        )

    async def drain(self) -> None:
        """Accept nothing more, finish what runs, send everybody away; at most ``drain_s``."""
        until = self.time() + self.settings.drain_s
        self.is_draining = True
        if self._server is not None:
            self._server.close()
        for gather in (self.marks, self.drafts, self.availability):
            gather.flush()
        await self._wait(self.writer.is_idle, until)
        spread_ms = len(self.clients) * 1000 // GREETED_PER_S
        for client in self.clients:
            client.close(1012, f"restart spread_ms={spread_ms}")
        await self._wait(self._is_empty, until)
        self._stop()

    # --- what the parts ask of the whole

    def enter(self, doorway: Doorway) -> int:
        """Count a connection; returns 0, or the status that says whose connections are too many.

        One of a flood is ended without a word.
        """
        status = 0
        if len(self._doors) + len(self.clients) >= self.settings.connections:
            status = 503
        elif not self._doors.open(doorway):
            status = 429
        self.counts.accepted_connections += not status
        self.counts.refused_connections += bool(status)
        if status and not self._doors.refuse(doorway):
            doorway.transport.abort()
        return status

    def leave(self, doorway: Doorway) -> None:
        """The connection is gone, or became a socket."""
        self._doors.close(doorway)

    def greet(self, client: Client, hello: Hello) -> None:
        """As greeting.py says."""
        greet(self, client, hello)

    def handle(self, client: Client, frame: ClientFrame) -> None:
        """As handling.py says."""
        handle(self, client, frame)

    def lost(self, client: Client) -> None:
        """The client is gone."""
        self.following.leave_all(client)
        self.clients.disconnect(client)

    def flush_later(self, client: Client) -> None:
        """Send what the client was written in this turn of the loop, at the turn's end."""
        if not self._unflushed:
            self.loop.call_soon(self._flush)
        self._unflushed.append(client)

    def _flush(self) -> None:
        clients, self._unflushed = self._unflushed, []
        for client in clients:
            client.flush()

    # --- from the threads, in the loop

    def _answer_sends(self, answers: list[Answer]) -> None:
        for waiting, ack in answers:
            waiting.client.send(ack)

    def _deliver(self, tailed: Tailed) -> None:
        for revocation in tailed.revocations:
            self.rights.forget(revocation.subject)
            for client in self.clients.revoke(revocation):
                self.counts.revoked += 1
                client.close(4403, "revoked")
        self.following.deliver(tailed)

    # --- in the writer's thread

    def _save_drafts(self, drafts: list[tuple[Subject, SaveDraft]]) -> None:
        for subject, draft in drafts:
            self.inbound.save_draft(subject, draft.conversation, draft.body, draft.note)

    def _set_presence(self, states: list[tuple[Subject, Presence]]) -> None:
        for subject, presence in states:
            self.inbound.presence(subject, presence.state, presence.active)

    # --- looking and ending

    def metrics(self) -> dict[str, int]:
        """Numbers of now and since the start."""
        return {
            "sockets": len(self.clients),
            "subjects": self.clients.subjects,
            "polls": len(self.polls),
            "streams": len(self.streams),
            "connections": len(self._doors) + len(self.clients),
            "uploads_bytes": self.uploads.held_bytes,
            "sends_waiting": len(self.writer),
            "sends_answered": self.writer.posted,
            "batches": self.writer.batches,
            "entries_delivered": self.streams.delivered,
            "tail_failures": self.tail.failures,
            **asdict(self.counts),
        }

    async def _wait(self, is_so: Callable[[], bool], until: float) -> None:
        while not is_so() and self.time() < until:  # noqa: ASYNC110 - no event tells of an end
            await asyncio.sleep(DRAIN_LOOK_S)

    def _is_empty(self) -> bool:
        now = self.time()
        for doorway in self._doors:
            if doorway.is_quiet(now):
                doorway.transport.close()
        return not (len(self._doors) or len(self.clients))

    def _stop(self) -> None:
        for client in self.clients:
            client.abort()
        for doorway in self._doors:
            doorway.transport.abort()
        self.wheel.stop()
        self.tail.stop()
        self.writer.stop()
        self.readers.stop()


def _newer(_: V, newer: V) -> V:
    return newer


def _merge_marks(older: Marked, newer: Marked) -> Marked:
    """Marks are cumulative: the highest counts."""
    delivered = max(older.delivered, newer.delivered)
    return replace(newer, delivered=delivered, read=max(older.read, newer.read))
