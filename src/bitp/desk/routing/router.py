"""What the log tells routing to do. One transaction with its place in the log, so each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from bitp.desk.conversations.models import RESOLVED, Conversation, Participant
from bitp.desk.routing.assigning import assign_waiting
from bitp.desk.routing.changes import (
    return_conversations,
    return_unanswered,
    tell_nobody_is_there,
    tell_queue,
    unanswered,
)
from bitp.desk.routing.models import CAPACITY_USUAL, Seat
from bitp.desk.routing.queries import available_members
from bitp.desk.routing.queues import MAIN
from bitp.desk.routing.rows import loads
from bitp.desk.staff.presence import OFFLINE
from bitp.events.tail import Read
from bitp.lib.clock import now_us

# After these somebody may have room, or somebody may wait.
STIRRING = frozenset(
    {
        "queue.entered",
        "staff.availability",
        "conversation.unassigned",
        "routing.queue_changed",
        "routing.seat_changed",
    }
)
HEARD = STIRRING | {
    "conversation.changed",
    "conversation.opened",
    "conversation.queue_changed",
    "conversation.wants_human",
    "message.posted",
    "staff.deactivated",
}


def hear(events: Sequence[Read]) -> None:
    """Acts on a run of events, in the transaction that moves past them."""
    heard = [each for each in events if each.kind in HEARD]
    facts = [(each, msgspec.json.decode(each.data)) for each in heard]
    for each, data in facts:
        if each.kind == "staff.deactivated" or data.get("state") == OFFLINE:
            return_unanswered(data["member"])
    _return_of_the_absent(_written(facts))
    _return_of_the_away(_asking(facts))
    _return_of_the_full(_reopened(facts))
    tell_queue(_sorted_into(facts))
    tell_nobody_is_there(_named(facts, "queue.entered"))
    if any(_stirs(each, data) for each, data in facts):
        # In transactions of its own; should it fail, the clock's look does it.
        transaction.on_commit(assign_waiting)


def _stirs(event: Read, data: dict[str, Any]) -> bool:
    is_settled = event.kind == "conversation.changed" and data.get("status") == RESOLVED
    return event.kind in STIRRING or is_settled


def _named(facts: Iterable[tuple[Read, dict[str, Any]]], kind: str) -> list[str]:
    return sorted({data["conversation"] for each, data in facts if each.kind == kind})


def _written(facts: Iterable[tuple[Read, dict[str, Any]]]) -> dict[str, int]:
    """Conversations in which the contact wrote, and when they did last."""
    return {
        data["conversation"]: each.at_us
        for each, data in facts
        if each.kind == "message.posted" and each.actor_kind == "contact"
    }


def _asking(facts: Iterable[tuple[Read, dict[str, Any]]]) -> dict[str, int]:
    """Conversations in which the contact asked for a person, and when they did last."""
    return {
        data["conversation"]: each.at_us
        for each, data in facts
        if each.kind == "conversation.wants_human"
    }


def _reopened(facts: Iterable[tuple[Read, dict[str, Any]]]) -> list[str]:
    return _named([each for each in facts if "was" in each[1]], "conversation.changed")


def _sorted_into(facts: Iterable[tuple[Read, dict[str, Any]]]) -> dict[str, int]:
    """Conversations whose queue was decided, with the event that says so; not the main one at
    an opening, where nothing was chosen."""
    return {
        data["conversation"]: each.event
        for each, data in facts
        if each.kind == "conversation.queue_changed"
        or (each.kind == "conversation.opened" and data.get("queue", MAIN) != MAIN)
    }


def _return_of_the_absent(written: Mapping[str, int]) -> None:
    """The contact wrote to somebody who is not there; who took it since then is."""
    rows = unanswered().filter(reference__in=written, assignee__state=OFFLINE)
    _return_late(rows, written, "returned_offline")


def _return_of_the_away(asking: Mapping[str, int]) -> None:
    """A person was asked for, and the one who has it is not ready: anybody may answer."""
    ready = available_members().values("pk")
    rows = unanswered().filter(reference__in=asking).exclude(assignee__in=ready)
    _return_late(rows, asking, "returned_busy")


def _return_late(rows: QuerySet[Conversation], since: Mapping[str, int], code: str) -> None:
    late = list(rows.values_list("pk", "reference", "assignee")) if since else []
    gone = [pk for pk, reference, member in late if not _joined(pk, member, since[reference])]
    # Most of the time there is none: asked before any row is locked.
    if gone:
        return_conversations(unanswered().filter(pk__in=gone), code)


def _joined(conversation: int, member: int | None, after_us: int) -> bool:
    since = Participant.objects.filter(conversation=conversation, joined_us__gt=after_us)
    return since.filter(member=member).exists()


def _return_of_the_full(references: Sequence[str]) -> None:
    """The contact is back in a settled conversation whose agent is away or has no room."""
    back = unanswered().filter(reference__in=references) if references else None
    for conversation in back.select_related("assignee") if back is not None else ():
        assert conversation.assignee_id is not None
        if not _has_room(conversation.assignee_id):
            return_conversations(unanswered().filter(pk=conversation.pk), "returned_busy")


def _has_room(member_id: int) -> bool:
    """Whether the member is ready and within capacity, the conversation in question included."""
    if not available_members().filter(pk=member_id).exists():
        return False
    seat = Seat.objects.filter(member=member_id).first()
    capacity = seat.capacity if seat else CAPACITY_USUAL
    return loads([member_id], now_us()).get(member_id, 0) <= capacity
