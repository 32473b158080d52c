"""What a contact's words bring about at once: a person is asked for, or the matter is urgent."""

from __future__ import annotations

from collections.abc import Iterator

from bitp.desk.conversations.posting import rows
from bitp.desk.conversations.posting.post import Post, Prepared, Target
from bitp.events.log import Fact
from bitp.lib.canonical import canonical_json

WANTS_HUMAN = "wants_human"
TAKEOVER = "urgent_takeover"


def heed(target: Target, item: Prepared) -> list[Prepared]:
    """Lines for staff, each once a wait; whoever lost their account goes before others."""
    lines = []
    if item.tells_takeover and not target.urgent_since_us:
        target.urgent_since_us = item.post.received_us
        lines.append(_line(target, item, TAKEOVER))
    if item.wants_human:
        lines.append(_line(target, item, WANTS_HUMAN))
    return [each for each in lines if _is_first(target, each)]


def _line(target: Target, item: Prepared, code: str) -> Prepared:
    post = Post(
        author_kind="system",
        author=0,
        external_id=f"{code}:{target.reference}:{target.waiting_since_us}",
        text="",
        received_us=item.post.received_us,
        kind="system",
        parts=canonical_json({"code": code}),
        is_note=True,
    )
    return Prepared(post, "", salt=item.salt)


def _is_first(target: Target, line: Prepared) -> bool:
    key = (target.inbox, line.post.external_id)
    if key in target.lines or (not target.is_new and rows.stored_before([key])):
        return False
    target.lines.add(key)
    return True


def facts(target: Target, number: int, item: Prepared) -> Iterator[Fact]:
    """That a person was asked for; that the conversation became urgent, and why."""
    named = {"conversation": target.reference, "number": number}
    by = item.post.envelope
    if item.wants_human:
        yield Fact("conversation.wants_human", named, (target.staff_stream,), by)
    if item.tells_takeover and target.urgent_since_us == item.post.received_us:
        seen_by = [target.staff_stream, target.queue_stream]
        if target.assignee is not None:
            seen_by.append(f"agent/{target.assignee}")
        yield Fact("conversation.urgent", {**named, "why": "takeover"}, tuple(seen_by), by)
