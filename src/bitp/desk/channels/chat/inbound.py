"""What the gateway asks of the desk (bitp.live.inbound.Inbound), over the database."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from django.db import DatabaseError, close_old_connections

from bitp.desk.channels.chat import subjects
from bitp.desk.conversations.changes import post_messages
from bitp.desk.conversations.marks import Mark, move_marks, save_draft
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import (
    ACCEPTED,
    DUPLICATE,
    REFUSED,
    Outcome,
    Post,
    file_parts,
)
from bitp.desk.conversations.render import Renderer
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.events import tail
from bitp.events.models import Event
from bitp.events.streams import entries_after, standing
from bitp.events.tail import Read
from bitp.events.wake import Wake
from bitp.lib.clock import now_us
from bitp.live.inbound import (
    Entry,
    Marked,
    Posting,
    Refused,
    Replay,
    Revocation,
    Subject,
    Tailed,
)
from bitp.live.protocol import Ack
from bitp.policies.assurance import Evidence, level

# Resume tokens live 24 h; a little more, because clocks differ.
ENDED_SESSIONS_US = 25 * 3600 * 1_000_000
REVOKING = frozenset({"session.ended", "staff.deactivated", "staff.role_changed"})

T = TypeVar("T")


def over_database(method: Callable[..., T]) -> Callable[..., T]:
    """A failed connection is dropped, so that the next call gets a fresh one."""

    @functools.wraps(method)
    def call(*args: Any, **kwargs: Any) -> T:
        try:
            return method(*args, **kwargs)
        except DatabaseError:
            close_old_connections()
            raise

    return call


class ChatInbound:
    """The desk, as the gateway sees it. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._wake = Wake()
        self._ended: set[str] = set()

    @over_database
    def open(self, ticket: str) -> Subject:
        return self._check(subjects.read_ticket(ticket))

    @over_database
    def resume(self, token: str) -> Subject:
        return self._check(subjects.read_resume(token))

    def _check(self, subject: Subject) -> Subject:
        if subject.session and subject.session in self._ended:
            raise Refused(4403)
        return subject

    def resume_token(self, subject: Subject) -> str:
        return subjects.resume_token(subject)

    @over_database
    def may_subscribe(self, subject: Subject, stream: str) -> bool:
        return subjects.may_follow(subject, stream)

    @over_database
    def may_write(self, subject: Subject, conversation: str) -> bool:
        return subjects.takes_part(subject, conversation)

    @over_database
    def replay(self, stream: str, after: int, limit: int) -> Replay:
        stands = standing(stream)
        if after < stands.floor or after > stands.head:
            return Replay(stands.head, None)
        if after == stands.head:  # as nearly everybody who comes back
            return Replay(stands.head, [])
        rows = entries_after(stream, after, limit)
        render = Renderer([(row.kind, row.data) for row in rows])
        entries = [
            Entry(stream, row.number, row.kind, row.at_us, render.data(index, stream))
            for index, row in enumerate(rows)
        ]
        return Replay(max(stands.head, rows[-1].number if rows else 0), entries)

    @over_database
    def post_messages(self, batch: list[Posting]) -> list[Ack | None]:
        allowed = _staff_allowed(batch)
        posts = [_post(each) for each in batch]
        kept = [i for i, each in enumerate(batch) if each.subject.key in allowed]
        outcomes: list[Outcome | None] = [Outcome(REFUSED, code="not_found")] * len(batch)
        for index, outcome in zip(kept, post_messages([posts[i] for i in kept]), strict=True):
            outcomes[index] = outcome
        return [
            _ack(each, outcome) if outcome else None
            for each, outcome in zip(batch, outcomes, strict=True)
        ]

    @over_database
    def mark(self, marks: list[Marked]) -> None:
        move_marks(
            [
                Mark(each.conversation, _participant(each.subject), each.delivered, each.read)
                for each in marks
            ]
        )

    @over_database
    def save_draft(self, subject: Subject, conversation: str, body: str, note: bool) -> None:
        member = Member.objects.get(pk=_pk(subject))
        save_draft(Conversation.objects.get(reference=conversation), member, body, note)

    @over_database
    def presence(self, subject: Subject, state: str, _active: bool) -> None:
        set_presence(_pk(subject), state)

    @over_database
    def start_position(self) -> tuple[int, int]:
        # The position first: a session that ends from here on is found in the tail.
        position = tail.end()
        ended = Event.objects.filter(
            kind="session.ended", at_us__gt=now_us() - ENDED_SESSIONS_US
        ).values_list("data", flat=True)
        self._ended |= {msgspec.json.decode(data)["session"] for data in ended}
        return position

    @over_database
    def tail(self, position: tuple[int, int], limit: int) -> Tailed:
        events = tail.read_after(position, limit)
        if not events:
            return Tailed([], [], position)
        revocations = self._revocations(events)
        seen = [event for event in events if event.streams]
        render = Renderer([(event.kind, event.data) for event in seen])
        entries = [
            Entry(stream, number, event.kind, event.at_us, render.data(index, stream))
            for index, event in enumerate(seen)
            for stream, number in event.streams
        ]
        return Tailed(entries, revocations, events[-1].position, len(events) == limit)

    def _revocations(self, events: Sequence[Read]) -> list[Revocation]:
        found = []
        for event in events:
            if event.kind in REVOKING:
                data = msgspec.json.decode(event.data)
                session = data.get("session", "")
                if session:
                    self._ended.add(session)
                subject = f"staff:{data['member']}" if "member" in data else ""
                found.append(Revocation(subject, session))
        return found

    @over_database
    def wait_for_change(self, timeout_s: float) -> None:
        self._wake.wait(timeout_s)


def _pk(subject: Subject) -> int:
    return int(subject.key.partition(":")[2])


def _participant(subject: Subject) -> str:
    return "contact" if subject.kind == "customer" else subject.key


def _staff_allowed(batch: list[Posting]) -> set[str]:
    """The subjects of the batch who may post now; a deactivated member's socket may lag."""
    staff = {_pk(each.subject) for each in batch if each.subject.kind == "staff"}
    active = set()
    if staff:
        rows = Member.objects.filter(pk__in=staff, user__is_active=True)
        active = {f"staff:{pk}" for pk in rows.values_list("pk", flat=True)}
    return active | {each.subject.key for each in batch if each.subject.kind == "customer"}


def _post(posting: Posting) -> Post:
    subject, send = posting.subject, posting.send
    is_contact = subject.kind == "customer"
    evidence = msgspec.json.decode(subject.evidence.encode(), type=Evidence)
    return Post(
        author_kind="contact" if is_contact else "agent",
        author=_pk(subject),
        external_id=f"{'c' if is_contact else 's'}{_pk(subject)}:{send.cid}",
        text=send.body,
        received_us=posting.received_us,
        conversation=send.conversation,
        thread=send.thread if is_contact else "",
        contact=_pk(subject) if is_contact else 0,
        inbox=subject.inbox,
        session=subject.session,
        is_note=send.note and not is_contact,
        topic=send.topic,
        language=send.language,
        about=_about(send.about) if send.about and is_contact else (),
        kind="file" if send.attachments else "text",
        parts=file_parts(send.attachments) if send.attachments else "",
        attachments=send.attachments,
        evidence=subject.evidence,
        level=level(evidence, posting.received_us // 1_000_000),
    )


def _about(token: str) -> tuple[tuple[str, str], ...]:
    return subjects.read_about(token)


def _ack(posting: Posting, outcome: Outcome) -> Ack:
    stored = outcome.result in {ACCEPTED, DUPLICATE}
    return Ack(
        cid=posting.send.cid,
        result=outcome.result,  # type: ignore[arg-type]
        conversation=outcome.reference,
        thread=posting.send.thread,
        number=outcome.number,
        at_us=outcome.at_us,
        text=outcome.text if stored else None,
        code=outcome.code,
        retry=outcome.retry,
    )
