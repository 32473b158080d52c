"""What routing changes besides giving: back to the queue, raised, told that nobody is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from bitp.desk.conversations.facts import agent_stream, both_streams, changed, entered, named
from bitp.desk.conversations.models import OPEN, Conversation
from bitp.desk.routing import rows
from bitp.desk.routing.hours import schedule_of
from bitp.desk.routing.lines import Line, write_lines
from bitp.desk.routing.models import Queue
from bitp.desk.routing.queries import count_available, find_opening
from bitp.desk.routing.queues import all_queues
from bitp.desk.staff.models import SUPERVISOR, Member
from bitp.events.log import SYSTEM, Fact, append
from bitp.lib.clock import now, now_us, to_us
from bitp.policies.service_hours import is_open

# Conversations changed in one transaction.
CHANGED_AT_ONCE = 50
MINUTE_US = 60 * 1_000_000


def return_unanswered(member_id: int) -> None:
    """The member is gone: whoever waits for their answer waits for anybody again.

    The others stay theirs until the contact writes.
    """
    return_conversations(unanswered().filter(assignee=member_id), "returned_offline")


def unanswered() -> QuerySet[Conversation]:
    """Conversations that a person has and in which the contact waits; never a stand-in's."""
    return Conversation.objects.filter(
        assignee__is_stand_in=False, status=OPEN, waiting_since_us__gt=0
    )


def return_conversations(which: QuerySet[Conversation], code: str) -> None:
    """Brings the conversations back to their queues, with a line that says why."""
    with transaction.atomic():
        locked = which.select_for_update(of=("self",)).select_related("contact", "assignee")
        for each in locked.order_by("pk"):
            _return(each, code)


def _return(conversation: Conversation, code: str) -> None:
    held_by = conversation.assignee
    assert held_by is not None
    conversation.assignee = None
    conversation.save(update_fields=["assignee"])
    unassigned = Fact("conversation.unassigned", named(conversation), agent_stream(held_by), SYSTEM)
    append([*changed(conversation, SYSTEM), unassigned, entered(conversation, SYSTEM)])
    key = f"{held_by.pk}:{now_us()}"
    write_lines([Line(conversation.reference, code, key, {"name": held_by.alias})])


def raise_unanswered() -> int:
    """Tells supervisors of conversations that nobody has answered for too long; how many.

    Each wait is raised once. Outside a queue's hours nobody is expected, so nothing is raised
    until it has been open for as long.
    """
    return sum(_raise_in(each) for each in all_queues() if each.raised_after_minutes)


def _raise_in(queue: Queue) -> int:
    if not _was_open(queue, now()):
        return 0
    before_us = now_us() - queue.raised_after_minutes * MINUTE_US
    late = rows.overdue(queue.key, before_us, CHANGED_AT_ONCE)
    if not late:
        return 0
    watching = Member.objects.filter(role=SUPERVISOR, user__is_active=True).order_by("pk")
    streams = tuple(f"agent/{pk}" for pk in watching.values_list("pk", flat=True))
    with transaction.atomic():
        still = Conversation.objects.filter(
            pk__in=late, status=OPEN, waiting_since_us__gt=F("raised_us")
        )
        locked = list(still.select_for_update(of=("self",)).order_by("pk"))
        for each in locked:
            _raise(each, streams)
    return len(locked)


def _was_open(queue: Queue, moment: datetime) -> bool:
    schedule = schedule_of(queue)
    earlier = moment - timedelta(minutes=queue.raised_after_minutes)
    return is_open(schedule, moment) and is_open(schedule, earlier)


def _raise(conversation: Conversation, streams: Sequence[str]) -> None:
    waited_us = now_us() - conversation.waiting_since_us
    conversation.raised_us = now_us()
    conversation.save(update_fields=["raised_us"])
    seen_by = (*streams, *both_streams(conversation)[1:])
    append([Fact("conversation.raised", named(conversation), seen_by, SYSTEM)])
    values = {"minutes": waited_us // MINUTE_US}
    key = str(conversation.waiting_since_us)
    write_lines([Line(conversation.reference, "raised", key, values)])


def tell_queue(decided: Mapping[str, int]) -> None:
    """Writes down for staff into which queue each conversation came, and for what topic.

    decided: conversation → the event of the decision, which is written once.
    """
    if not decided:
        return
    queues = {each.key: each for each in all_queues()}
    rows = Conversation.objects.filter(reference__in=decided).order_by("pk")
    lines = []
    for reference, key, topic in rows.values_list("reference", "queue", "topic"):
        names = {"queue_en": queues[key].name_en, "queue_zh": queues[key].name_zh}
        values = {**names, "topic": topic}
        lines.append(Line(reference, "queued", str(decided[reference]), values))
    write_lines(lines)


def tell_nobody_is_there(references: Sequence[str]) -> None:
    """Whoever began to wait outside the queue's hours is told when people are back, once a wait."""
    waiting = Conversation.objects.filter(
        reference__in=references, assignee__isnull=True, status=OPEN, waiting_since_us__gt=0
    )
    queues = {each.key: each for each in all_queues()}
    lines = []
    for each in waiting.order_by("pk"):
        opens_at = find_opening(queues[each.queue])
        if opens_at and not count_available(each.queue):
            values = {"opens_at_us": to_us(opens_at)}
            key = str(each.waiting_since_us)
            lines.append(Line(each.reference, "away", key, values, is_note=False))
    write_lines(lines)
