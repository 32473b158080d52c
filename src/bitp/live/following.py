"""Subscribing, catching up and leaving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bitp.live.catchup import DRY_MAX, CatchUp
from bitp.live.faults import report
from bitp.live.inbound import Inbound, Replay, Subject, Tailed
from bitp.live.protocol import Error, Resync, Subscribed
from bitp.live.readers import Readers
from bitp.live.sides import Sides
from bitp.live.streams import Stream, Streams, event_frame

if TYPE_CHECKING:
    from bitp.live.client import Client

# Entries read at once; a slow client takes one page before the next is read.
PAGE_ENTRIES = 50


class Following:
    """Moves clients from a number to live, over the log and the tail."""

    def __init__(
        self, inbound: Inbound, readers: Readers, streams: Streams, sides: Sides, most: int
    ) -> None:
        self._inbound = inbound
        self._readers = readers
        self._streams = streams
        self._sides = sides
        self._most = most

    def follow(self, client: Client, subject: Subject, name: str, after: int) -> None:
        """Subscribe, or start again from ``after`` if the client follows already."""
        self.leave(client, name)
        catch = CatchUp(after)
        stream = self._streams.join(client, name, catch)
        client.following.append(stream)
        work = partial(self._read_first, subject, name, after)
        self._readers.ask(work, partial(self._take, client, stream, catch))

    def leave(self, client: Client, name: str) -> None:
        """Unsubscribe; nothing happens if the client does not follow."""
        stream = self._streams.find(name)
        if stream is not None and stream in client.following:
            client.following.remove(stream)
            self._forget(client, stream)

    def leave_all(self, client: Client) -> None:
        """The client is gone."""
        for stream in client.following:
            self._forget(client, stream)
        client.following.clear()

    def deliver(self, tailed: Tailed) -> None:
        """Hand entries of the tail to their followers."""
        for entry in tailed.entries:
            try:
                self._streams.deliver(entry, self._miss)
            except Exception as error:  # noqa: BLE001 - one bad entry must not stop the others
                report("delivering", error)

    def _forget(self, client: Client, stream: Stream) -> None:
        at = self._streams.leave(client, stream)
        if isinstance(at, int) or (at is not None and at.welcomed):
            self._sides.left(stream)

    def _miss(self, client: Client, stream: Stream) -> None:
        at = stream.followers[client]
        if isinstance(at, int):
            catch = CatchUp(at)
            catch.welcomed = True
            stream.followers[client] = catch
            self._read_on(client, stream, catch)

    def _read_first(self, subject: Subject, name: str, after: int) -> Replay | None:
        if not self._inbound.may_subscribe(subject, name):
            return None
        return self._inbound.replay(name, after, PAGE_ENTRIES)

    def _read_on(self, client: Client, stream: Stream, catch: CatchUp) -> None:
        work = partial(self._inbound.replay, stream.name, catch.last, PAGE_ENTRIES)
        self._readers.ask(work, partial(self._take, client, stream, catch))

    def _take(
        self, client: Client, stream: Stream, catch: CatchUp, replay: Replay | Exception | None
    ) -> None:
        if stream.followers.get(client) is not catch:
            return
        if isinstance(replay, Exception):
            report("subscribing", replay)
            self._refuse(client, stream, "busy")
        elif replay is None:
            self._refuse(client, stream, "not_found")
        elif self._is_out_of_reach(catch, replay):
            self._resync(client, stream, replay.head)
        else:
            client.when_drained(partial(self._pass_on, client, stream, catch, replay))

    def _is_out_of_reach(self, catch: CatchUp, replay: Replay) -> bool:
        if replay.entries is None or catch.dry > DRY_MAX:
            return True
        return catch.last > replay.head or replay.head - catch.last > self._most

    def _refuse(self, client: Client, stream: Stream, code: str) -> None:
        self.leave(client, stream.name)
        client.send(Error(code, stream=stream.name, retry_s=1 if code == "busy" else 0))

    def _resync(self, client: Client, stream: Stream, head: int) -> None:
        self.leave(client, stream.name)
        client.send(Resync(stream.name, head))

    def _pass_on(self, client: Client, stream: Stream, catch: CatchUp, replay: Replay) -> None:
        if stream.followers.get(client) is not catch:
            return
        entries = replay.entries or []
        if not catch.welcomed:
            catch.welcomed = True
            client.send(Subscribed(stream.name, replay.head))
            self._sides.joined(client, stream)
        frames = [event_frame(entry) for entry in entries if catch.take_read(entry.n)]
        client.write_all(frames)
        catch.dry = 0 if frames else catch.dry + 1
        if catch.last < replay.head:
            client.when_drained(lambda: self._read_page(client, stream, catch))
        else:
            self._go_live(client, stream, catch)

    def _read_page(self, client: Client, stream: Stream, catch: CatchUp) -> None:
        if stream.followers.get(client) is catch:
            self._read_on(client, stream, catch)

    def _go_live(self, client: Client, stream: Stream, catch: CatchUp) -> None:
        frames = catch.take_held()
        if frames is None:
            client.when_drained(lambda: self._read_page(client, stream, catch))
            return
        client.write_all(frames)
        stream.followers[client] = catch.last
