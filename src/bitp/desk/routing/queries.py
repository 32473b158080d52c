"""Who is there, how many wait, and how long it takes: computed, never invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Case, F, Q, QuerySet, When

from bitp.desk.conversations.models import OPEN, Conversation
from bitp.desk.routing.hours import schedule_of
from bitp.desk.routing.models import Queue, QueueMember, Wait
from bitp.desk.routing.queues import queue_for
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import AVAILABLE, SILENT_US
from bitp.lib.clock import now, now_us
from bitp.policies.service_hours import is_open, next_opening

# The expected wait is the median of this many latest waits, at most a day old.
WAITS_LOOKED_AT = 30
WAITS_FRESH_US = 24 * 3600 * 1_000_000
# Fewer than this say nothing.
WAITS_NEEDED = 3
# Names shown on the start screen.
NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Availability:
    """Who is there now (first names), how many wait, the expected wait, or the next opening.

    wait_minutes: None when unknown; opens_at: None when somebody is there or nothing is planned.
    """

    agents: tuple[str, ...]
    waiting: int
    wait_minutes: int | None
    opens_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether somebody is there now."""
        return bool(self.agents)

    def as_json(self) -> dict[str, Any]:
        """The shape the widget reads."""
        return {
            "open": self.is_open,
            "agents": list(self.agents),
            "waiting": self.waiting,
            "wait_minutes": self.wait_minutes,
            "opens_at": self.opens_at.isoformat() if self.opens_at else None,
        }


def available_members(queue: str = "") -> QuerySet[Member]:
    """Members at their console and ready, longest known first; never a stand-in.

    With the key of a queue, those who answer in it.
    """
    rows = Member.objects.filter(
        user__is_active=True,
        is_stand_in=False,
        state=AVAILABLE,
        seen_us__gt=now_us() - SILENT_US,
    ).order_by("pk")
    own = QueueMember.objects.filter(queue__key=queue)
    return rows.filter(queues__queue__key=queue) if queue and own.exists() else rows


def count_available(queue: str = "") -> int:
    """How many people are ready to answer now, in this queue or in any."""
    return available_members(queue).count()


def availability(language: str = "") -> Availability:
    """Who is there for people who write now in this language, and when somebody will be."""
    queue = queue_for("other", language)
    names = tuple(available_members(queue.key).values_list("alias", flat=True)[:NAMES_SHOWN])
    waiting = waiting_conversations(queue.key).count()
    minutes = expected_wait_minutes(waiting + 1, queue.key)
    return Availability(names, waiting, minutes, None if names else find_opening(queue))


def find_opening(queue: Queue) -> datetime | None:
    """When the queue's next hours begin; None within its hours, and when nothing is planned."""
    schedule, moment = schedule_of(queue), now()
    return None if is_open(schedule, moment) else next_opening(schedule, moment)


def waiting_conversations(queue: str = "") -> QuerySet[Conversation]:
    """Open conversations that nobody has taken: the urgent ones, then longest waiting first."""
    rows = Conversation.objects.filter(assignee__isnull=True, status=OPEN, waiting_since_us__gt=0)
    return in_turn(rows.filter(queue=queue) if queue else rows)


def in_turn(rows: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """The urgent ones by when that was seen, then the others by how long they wait."""
    urgent = Case(When(urgent_since_us__gt=0, then=F("urgent_since_us")))
    return rows.order_by(urgent.asc(nulls_last=True), "waiting_since_us", "pk")


def position(conversation: Conversation) -> int | None:
    """The conversation's place among those of its queue, from 1; None when it does not wait."""
    if conversation.assignee_id or conversation.status != OPEN or not conversation.waiting_since_us:
        return None
    rows = waiting_conversations(conversation.queue)
    if conversation.urgent_since_us:
        first = Q(urgent_since_us__gt=0, urgent_since_us__lt=conversation.urgent_since_us)
    else:
        first = Q(urgent_since_us__gt=0) | Q(waiting_since_us__lt=conversation.waiting_since_us)
    return rows.filter(first).count() + 1


def expected_wait_minutes(place: int, queue: str = "main") -> int | None:
    """Minutes a person at this place waits, from the queue's recent waits; None when unknown.

    The latest waits are those of people in about the same queue, so the median holds for a
    short queue; each further place among the available agents adds a share of it.
    """
    agents = count_available(queue)
    if not agents:
        return None
    rows = Wait.objects.filter(queue=queue, ended_us__gt=now_us() - WAITS_FRESH_US)
    latest = rows.order_by("-ended_us").values_list("began_us", "ended_us")[:WAITS_LOOKED_AT]
    waits = [ended - began for began, ended in latest]
    if len(waits) < WAITS_NEEDED:
        return None
    rounds = 1 + (place - 1) // agents
    return max(1, round(median(waits) * rounds / 60_000_000))
