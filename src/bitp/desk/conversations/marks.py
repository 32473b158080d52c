"""Delivered and read marks, and drafts: small writes that many people cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from bitp.desk.conversations.models import Conversation, Draft
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact, append
from bitp.lib.clock import now_us
from bitp.policies.secrets import redact

# A draft longer than a message could never be sent.
DRAFT_CHARACTERS_MAX = 8_000


@dataclass(frozen=True, slots=True)
class Mark:
    """participant: "contact" or "staff:<member id>"; numbers are cumulative."""

    conversation: str
    participant: str
    delivered: int
    read: int


def move_marks(marks: Sequence[Mark]) -> None:
    """Moves marks forward, never back nor beyond the last message; what moved is a fact."""
    moment_us = now_us()
    with transaction.atomic():
        # Sorted, so that two transactions lock the rows they share in the same order.
        ordered = sorted(marks, key=lambda each: (each.conversation, each.participant))
        moved = [(mark, _move(mark, moment_us)) for mark in ordered]
        append([_fact(mark, *now) for mark, now in moved if now])


def _move(mark: Mark, moment_us: int) -> tuple[int, int] | None:
    """Greater numbers win; returns what stands now, None when nothing moved."""
    greatest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    least = "LEAST" if connection.vendor == "postgresql" else "MIN"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_readmark AS was "
            "(conversation_id, participant, delivered, read, changed_us) "
            f"SELECT id, %s, {least}(%s, last_number), {least}(%s, last_number), %s "
            "FROM conversations_conversation WHERE reference = %s "
            "ON CONFLICT (conversation_id, participant) DO UPDATE SET "
            f"delivered = {greatest}(was.delivered, excluded.delivered), "
            f"read = {greatest}(was.read, excluded.read), changed_us = excluded.changed_us "
            "WHERE excluded.delivered > was.delivered OR excluded.read > was.read "
            "RETURNING delivered, read",
            [
                mark.participant,
                max(mark.delivered, mark.read),
                mark.read,
                moment_us,
                mark.conversation,
            ],
        )
        row: tuple[int, int] | None = cursor.fetchone()
        return row


def _fact(mark: Mark, delivered: int, read: int) -> Fact:
    kind, _, member = mark.participant.partition(":")
    who = "contact" if kind == "contact" else "agent"
    name = f"conversation/{mark.conversation}"
    return Fact(
        "conversation.marked",
        {"conversation": mark.conversation, "who": who, "delivered": delivered, "read": read},
        (f"{name}/customer", f"{name}/staff"),
        Envelope(kind, member),
    )


def save_draft(conversation: Conversation, member: Member, text: str, is_note: bool) -> None:
    """Keeps what the member is writing, without secrets; an empty text removes it."""
    which: dict[str, Any] = {"conversation": conversation, "member": member, "is_note": is_note}
    if not text.strip():
        Draft.objects.filter(**which).delete()
        return
    kept = redact(text[:DRAFT_CHARACTERS_MAX].replace("\x00", "")).text
    Draft.objects.update_or_create(**which, defaults={"text": kept, "changed_us": now_us()})


def drafts_of(conversation: Conversation, member: Member) -> list[dict[str, object]]:
    """The member's own drafts in the conversation."""
    rows = Draft.objects.filter(conversation=conversation, member=member)
    return [{"note": row.is_note, "text": row.text, "changed_us": row.changed_us} for row in rows]
