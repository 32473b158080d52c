"""Who is there, the place in the queue and the expected wait: computed from what is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from bitp.desk.conversations.changes import take
from bitp.desk.conversations.models import Conversation
from bitp.desk.routing.models import Wait
from bitp.desk.routing.queries import availability, expected_wait_minutes, position
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.lib.clock import now_us
from tests.people import make_customer, make_member, say

MINUTE_US = 60 * 1_000_000
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.django_db
def test_a_stand_in_an_away_or_a_silent_member_is_not_there() -> None:
    carol, robin = make_member("Carol"), make_member("Robin")
    Member.objects.filter(pk=robin.pk).update(is_stand_in=True)
    set_presence(robin.pk, "available")
    set_presence(carol.pk, "away")
    assert availability().agents == ()
    set_presence(carol.pk, "available")
    assert availability().agents == ("Carol",)
    Member.objects.filter(pk=carol.pk).update(seen_us=now_us() - 5 * MINUTE_US)
    assert availability().agents == ()


@pytest.mark.django_db
def test_outside_the_hours_people_are_told_when_someone_will_be_there(
    settings: Settings,
) -> None:
    tomorrow = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[
        (datetime.now(SHANGHAI).weekday() + 2) % 7
    ]
    settings.BITP_HOURS = f"{tomorrow} 09:00-18:00"
    opens_at = availability().opens_at
    assert opens_at is not None
    assert opens_at.astimezone(SHANGHAI).hour == 9


@pytest.mark.django_db(transaction=True)
def test_the_place_in_the_queue_moves_up_when_somebody_is_taken() -> None:
    people = [make_customer(name) for name in ("Alice", "Bob", "Mallory")]
    references = [say(p, "help", at_us=n * MINUTE_US).reference for n, p in enumerate(people, 1)]
    carol = make_member("Carol")

    def places() -> list[int | None]:
        return [position(Conversation.objects.get(reference=r)) for r in references]

    assert places() == [1, 2, 3]
    take(references[0], carol)
    assert places() == [None, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_the_expected_wait_comes_from_real_waits_or_is_not_told() -> None:
    carol = make_member("Carol")
    set_presence(carol.pk, "available")
    reference = say(make_customer("Alice"), "help").reference
    conversation = Conversation.objects.get(reference=reference)
    assert expected_wait_minutes(1) is None
    for minutes in (2, 4, 3):
        Wait.objects.create(
            conversation=conversation,
            topic="other",
            language="en",
            began_us=now_us() - minutes * MINUTE_US,
            ended_us=now_us(),
        )
    assert expected_wait_minutes(1) == 3
    assert expected_wait_minutes(2) == 6
    set_presence(carol.pk, "offline")
    assert expected_wait_minutes(1) is None
