"""What operators change about queues and seats: each change recorded with before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from bitp.desk.routing.errors import KeyTaken, MainQueue, NoQueue, TooManyQueues
from bitp.desk.routing.models import Queue, QueueMember, Seat
from bitp.desk.routing.queues import MAIN
from bitp.desk.staff.changes import By
from bitp.desk.staff.errors import NoMember
from bitp.desk.staff.models import Member
from bitp.events.log import Fact, append
from bitp.lib.clock import now_us

# Each is a stream that consoles follow, and a line that somebody must watch.
QUEUES_MAX = 30
FIELDS = (
    "name_en",
    "name_zh",
    "topics",
    "languages",
    "place",
    "assigns",
    "hours",
    "zone",
    "holidays",
    "closed_days",
    "raised_after_minutes",
)


def add_queue(key: str, values: Mapping[str, Any], ranks: Mapping[int, int], by: By) -> Queue:
    """A new queue; it takes in what begins from now on. Raises KeyTaken, TooManyQueues."""
    with transaction.atomic():
        if Queue.objects.count() >= QUEUES_MAX:
            raise TooManyQueues
        queue, is_new = Queue.objects.get_or_create(key=key, defaults=dict(values))
        if not is_new:
            raise KeyTaken
        _set_members(queue, ranks)
        _record(queue, {}, _as_it_is(queue), by)
    return queue


def change_queue(key: str, values: Mapping[str, Any], ranks: Mapping[int, int], by: By) -> None:
    """Changes a queue and who answers in it (member → rank). Raises NoQueue, MainQueue."""
    with transaction.atomic():
        queue = _lock(key)
        if key == MAIN and (values.get("topics") or values.get("languages")):
            raise MainQueue
        before = _as_it_is(queue)
        for name in FIELDS:
            setattr(queue, name, values[name])
        queue.save(update_fields=FIELDS)
        _set_members(queue, ranks)
        _record(queue, before, _as_it_is(queue), by)


def close_queue(key: str, by: By) -> None:
    """It takes in nothing new; who waits in it is still answered. Raises NoQueue, MainQueue."""
    if key == MAIN:
        raise MainQueue
    _set_closed(key, now_us(), by)


def open_queue(key: str, by: By) -> None:
    """It takes in conversations again. Raises NoQueue."""
    _set_closed(key, 0, by)


def change_seat(member_id: int, capacity: int, languages: str, by: By) -> None:
    """How many chats a member has at once, and in which languages. Raises NoMember."""
    with transaction.atomic():
        if not Member.objects.filter(pk=member_id, user__is_active=True).exists():
            raise NoMember
        Seat.objects.get_or_create(member_id=member_id)
        seat = Seat.objects.select_for_update().get(member=member_id)
        before = {"capacity": seat.capacity, "languages": seat.languages}
        after = {"capacity": capacity, "languages": languages}
        if before != after:
            Seat.objects.filter(pk=seat.pk).update(**after)
            facts = {"member": member_id, "before": before, "after": after}
            append([Fact("routing.seat_changed", facts, envelope=by.envelope())])


def _set_closed(key: str, closed_us: int, by: By) -> None:
    with transaction.atomic():
        queue = _lock(key)
        if bool(queue.closed_us) == bool(closed_us):
            return
        before = _as_it_is(queue)
        queue.closed_us = closed_us
        queue.save(update_fields=["closed_us"])
        _record(queue, before, _as_it_is(queue), by)


def _lock(key: str) -> Queue:
    found = Queue.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise NoQueue
    return found


def _set_members(queue: Queue, ranks: Mapping[int, int]) -> None:
    if dict(queue.members.values_list("member", "rank")) == dict(ranks):
        return
    queue.members.all().delete()
    QueueMember.objects.bulk_create(
        [QueueMember(queue=queue, member_id=pk, rank=rank) for pk, rank in sorted(ranks.items())]
    )


def _as_it_is(queue: Queue) -> dict[str, Any]:
    members = queue.members.order_by("member").values_list("member", "rank")
    return {
        **{name: getattr(queue, name) for name in FIELDS},
        "closed": bool(queue.closed_us),
        "members": {str(pk): rank for pk, rank in members},
    }


def _record(queue: Queue, before: dict[str, Any], after: dict[str, Any], by: By) -> None:
    """Only what differs; nothing differs, nothing happened."""
    changed = [name for name in after if before.get(name) != after[name]]
    if not changed:
        return
    facts = {
        "queue": queue.key,
        "before": {name: before[name] for name in changed if name in before},
        "after": {name: after[name] for name in changed},
    }
    append([Fact("routing.queue_changed", facts, envelope=by.envelope())])
