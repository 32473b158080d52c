"""What each frame of a client makes the gateway do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bitp.lib.clock import now_us
from bitp.live import protocol as p
from bitp.live.batch import Waiting, key_of
from bitp.live.client import Client
from bitp.live.inbound import Marked, Posting, Subject
from bitp.live.limits import admit
from bitp.live.sides import Side

if TYPE_CHECKING:
    from bitp.live.gateway import Gateway


def handle(gateway: Gateway, client: Client, frame: p.ClientFrame) -> None:
    """Act on one frame of a client that said hello."""
    assert client.subject is not None
    _HANDLERS[type(frame)](gateway, client, client.subject, frame)


def _send(gateway: Gateway, client: Client, subject: Subject, frame: p.Send) -> None:
    settings = gateway.settings
    at = admit(client.sends_at, gateway.time(), settings.sends_per_s, settings.sends_per_s)
    if at < 0:
        client.refuse_send(frame, "too_many_frames")
        return
    client.sends_at = at
    if gateway.is_draining or len(gateway.writer) >= settings.sends_waiting:
        client.refuse_send(frame, "busy")
        return
    posting = Posting(subject, frame, now_us())
    gateway.writer.post(Waiting(client, posting, key_of(posting), time.monotonic()))


def _subscribe(gateway: Gateway, client: Client, subject: Subject, frame: p.Subscribe) -> None:
    is_known = any(stream.name == frame.stream for stream in client.following)
    if not is_known and len(client.following) >= gateway.settings.streams_per_socket:
        client.send(p.Error("too_many_streams", stream=frame.stream))
    else:
        gateway.following.follow(client, subject, frame.stream, frame.n)


def _unsubscribe(gateway: Gateway, client: Client, _: Subject, frame: p.Unsubscribe) -> None:
    gateway.following.leave(client, frame.stream)


def _typing(gateway: Gateway, client: Client, subject: Subject, frame: p.Typing) -> None:
    own = Side(frame.conversation, subject.kind).stream
    if not any(stream.name == own for stream in client.following):
        client.send(p.Error("not_found", stream=own))
        return
    _if_taking_part(
        gateway,
        client,
        subject,
        frame.conversation,
        lambda: gateway.sides.typed(subject, frame.conversation, frame.on),
    )


def _mark(gateway: Gateway, client: Client, subject: Subject, frame: p.Mark) -> None:
    marked = Marked(subject, frame.conversation, frame.delivered, frame.read)
    _if_taking_part(
        gateway,
        client,
        subject,
        frame.conversation,
        lambda: gateway.marks.put((subject.key, frame.conversation), marked),
    )


def _save_draft(gateway: Gateway, client: Client, subject: Subject, frame: p.SaveDraft) -> None:
    if subject.kind != "staff":
        client.send(p.Error("not_found"))
        return
    _if_taking_part(
        gateway,
        client,
        subject,
        frame.conversation,
        lambda: gateway.drafts.put((subject.key, frame.conversation, frame.note), (subject, frame)),
    )


def _presence(gateway: Gateway, client: Client, subject: Subject, frame: p.Presence) -> None:
    if subject.kind != "staff":
        client.send(p.Error("not_found"))
    else:
        client.presence = frame
        gateway.availability.put(subject.key, (subject, frame))


def _ping(_gateway: Gateway, client: Client, _: Subject, frame: p.Ping) -> None:
    client.send(p.Pong(frame.n))


def _misplaced(_gateway: Gateway, client: Client, _: Subject, _frame: p.Hello | p.Poll) -> None:
    client.send(p.Error("bad_frame"))


def _if_taking_part(
    gateway: Gateway, client: Client, subject: Subject, conversation: str, then: Callable[[], None]
) -> None:
    """Do ``then`` if the subject takes part in the conversation, else say it is not found."""

    def answered(answer: bool | None) -> None:
        if answer:
            then()
        else:
            stream = Side(conversation, subject.kind).stream
            client.send(p.Error("busy" if answer is None else "not_found", stream=stream))

    gateway.rights.ask(subject, conversation, answered)


_HANDLERS: dict[type, Callable[[Gateway, Client, Subject, Any], None]] = {
    p.Send: _send,
    p.Subscribe: _subscribe,
    p.Unsubscribe: _unsubscribe,
    p.Typing: _typing,
    p.Mark: _mark,
    p.SaveDraft: _save_draft,
    p.Presence: _presence,
    p.Ping: _ping,
    p.Hello: _misplaced,
    p.Poll: _misplaced,
}
