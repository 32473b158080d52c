"""Who is there, how many wait, and how long it takes: computed, never invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from bitp.desk.conversations.models import OPEN, Conversation
from bitp.desk.routing.hours import is_open, next_opening, parse_hours
from bitp.desk.routing.models import Wait
from bitp.desk.staff.models import Member
from bitp.lib.clock import now, now_us

# A console that was not heard of for this long is not there (microseconds).
SILENT_US = 90 * 1_000_000
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


def available_members() -> QuerySet[Member]:
    """Members at their console and ready, longest known first; never a stand-in."""
    return Member.objects.filter(
        user__is_active=True,
        is_stand_in=False,
        state="available",
        seen_us__gt=now_us() - SILENT_US,
    ).order_by("pk")


def count_available() -> int:
    """How many people are ready to answer now."""
    return available_members().count()


def availability() -> Availability:
    """Who is there for people who write now, and when somebody will be."""
    names = tuple(available_members().values_list("alias", flat=True)[:NAMES_SHOWN])
    zone = ZoneInfo(settings.TIME_ZONE)
    shifts = parse_hours(settings.BITP_HOURS)
    opens_at = None
    if not names and not is_open(shifts, now(), zone):
        opens_at = next_opening(shifts, now(), zone)
    waiting = waiting_conversations().count()
    return Availability(names, waiting, expected_wait_minutes(waiting + 1), opens_at)


def waiting_conversations() -> QuerySet[Conversation]:
    """Open conversations that nobody has taken, longest waiting first."""
    return Conversation.objects.filter(
        assignee__isnull=True, status=OPEN, waiting_since_us__gt=0
    ).order_by("waiting_since_us", "pk")


def position(conversation: Conversation) -> int | None:
    """The conversation's place among those that wait, from 1; None when it does not wait."""
    if conversation.assignee_id or conversation.status != OPEN or not conversation.waiting_since_us:
        return None
    ahead = Conversation.objects.filter(
        assignee__isnull=True,
        status=OPEN,
        waiting_since_us__gt=0,
        waiting_since_us__lt=conversation.waiting_since_us,
    )
    return ahead.count() + 1


def expected_wait_minutes(place: int) -> int | None:
    """Minutes a person at this place waits, from real recent waits; None when unknown.

    The latest waits are those of people in about the same queue, so the median holds for a
    short queue; each further place among the available agents adds a share of it.
    """
    agents = count_available()
    if not agents:
        return None
    rows = Wait.objects.filter(ended_us__gt=now_us() - WAITS_FRESH_US).order_by("-ended_us")
    waits = [
        ended - began for began, ended in rows.values_list("began_us", "ended_us")[:WAITS_LOOKED_AT]
    ]
    if len(waits) < WAITS_NEEDED:
        return None
    rounds = 1 + (place - 1) // agents
    return max(1, round(median(waits) * rounds / 60_000_000))
