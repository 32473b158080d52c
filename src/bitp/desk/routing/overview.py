"""What the operators' page of queues shows: each queue and each person as they stand now."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import QuerySet

from bitp.desk.routing.forms import name_of
from bitp.desk.routing.hours import schedule_of
from bitp.desk.routing.models import CAPACITY_USUAL, QueueMember, Seat
from bitp.desk.routing.queries import waiting_conversations
from bitp.desk.routing.queues import MAIN, all_queues
from bitp.desk.routing.rows import loads
from bitp.desk.routing.words import LANGUAGE_NAMES, STATES, TOPIC_NAMES
from bitp.desk.staff.models import Member
from bitp.lib.clock import now, now_us
from bitp.policies.service_hours import is_open


def answering_members() -> QuerySet[Member]:
    """Everybody who could answer, by name."""
    rows = Member.objects.filter(user__is_active=True, is_stand_in=False)
    return rows.select_related("user").order_by("alias", "pk")


def queues_shown() -> list[dict[str, Any]]:
    """Each queue in its order, with how many wait and how many answer in it (0: everybody)."""
    waiting = Counter(waiting_conversations().order_by().values_list("queue", flat=True))
    members = Counter(QueueMember.objects.values_list("queue__key", flat=True))
    return [
        {
            "key": each.key,
            "name": name_of(each),
            "topics": [TOPIC_NAMES[topic] for topic in each.topics.split() if topic in TOPIC_NAMES],
            "languages": [LANGUAGE_NAMES.get(code, code) for code in each.languages.split()],
            "assigns": each.assigns,
            "waiting": waiting[each.key],
            "members": members[each.key],
            "is_open": is_open(schedule_of(each), now()),
            "is_closed": each.closed_us > 0,
            "is_main": each.key == MAIN,
        }
        for each in all_queues()
    ]


def people_shown() -> list[dict[str, Any]]:
    """Everybody who could answer: state, chats now and at most, languages."""
    members = list(answering_members())
    seats = {seat.member_id: seat for seat in Seat.objects.all()}
    counts = loads([each.pk for each in members], now_us())
    return [
        {
            "pk": each.pk,
            "alias": each.alias,
            "state": each.state,
            "says": STATES[each.state],
            "load": counts.get(each.pk, 0),
            "capacity": seats[each.pk].capacity if each.pk in seats else CAPACITY_USUAL,
            "languages": [
                LANGUAGE_NAMES.get(code, code)
                for code in (seats[each.pk].languages.split() if each.pk in seats else ())
            ],
        }
        for each in members
    ]
