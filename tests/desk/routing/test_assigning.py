"""Who gets whom: the longest waiting, the least busy, once, and with a reason that staff read."""

from __future__ import annotations

import threading
from collections import Counter

import msgspec
import pytest
from django.db import connection

from bitp.desk.conversations import changes
from bitp.desk.conversations.errors import AlreadyTaken
from bitp.desk.conversations.models import Conversation
from bitp.desk.routing.assigning import assign_waiting
from bitp.desk.routing.lines import NotWritten
from bitp.desk.routing.models import Queue, QueueMember, Seat
from bitp.desk.routing.queries import position, waiting_conversations
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.events.models import Event
from bitp.events.streams import entries_after
from bitp.lib.clock import now_us
from tests.desk.routing.at_work import (
    MINUTE_US,
    assigning,
    codes,
    follow,
    lines,
    ready,
    waits,
    who_has,
    work,
)
from tests.people import make_member, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_in_a_queue_that_does_not_assign_people_take_for_themselves() -> None:
    ready("Carol")
    alice = waits()
    before = Event.objects.count()
    assert assign_waiting() == 0
    assert who_has(alice) == [""]
    assert Event.objects.count() == before


def test_the_longest_waiting_goes_to_the_least_busy_with_a_reason() -> None:
    assigning()
    carol = ready("Carol")
    later, first = waits(2), waits(4)
    work()
    assert who_has(first, later) == ["Carol", "Carol"]
    assert lines(first)[0] == {
        "code": "assigned_longest",
        "name": "Carol",
        "minutes": 4,
        "load": 1,
        "capacity": 5,
    }
    assert lines(later)[0]["load"] == 2
    assert codes(first, "customer") == ["agent_joined"]
    assert [entry.kind for entry in entries_after(f"agent/{carol.pk}", 0, 10)] == [
        "conversation.assigned",
        "conversation.assigned",
    ]


def test_equal_people_get_equal_loads() -> None:
    assigning()
    for name in ("Carol", "Dave", "Erin"):
        ready(name)
    given = who_has(*[waits(minutes) for minutes in range(1, 9)])
    assert given == [""] * 8
    work()
    loads = Counter(Conversation.objects.values_list("assignee__alias", flat=True))
    assert max(loads.values()) - min(loads.values()) <= 1
    assert sum(loads.values()) == 8


def test_among_equals_it_is_who_was_given_something_longest_ago() -> None:
    assigning()
    carol, dave = ready("Carol"), ready("Dave")
    Seat.objects.filter(member=carol).update(assigned_us=now_us())
    Seat.objects.filter(member=dave).update(assigned_us=now_us() - MINUTE_US)
    alice = waits()
    work()
    assert who_has(alice) == ["Dave"]


def test_a_share_of_the_capacity_counts_not_the_number() -> None:
    assigning()
    ready("Carol", capacity=2)
    ready("Dave", capacity=10)
    given = [waits(9 - n) for n in range(4)]
    work()
    # 0/2 and 0/10, then 1/2 and 0/10: Dave has room for five while Carol has one.
    assert Counter(who_has(*given)) == {"Carol": 1, "Dave": 3}


def test_nobody_gets_more_than_they_can_follow_and_the_rest_waits_in_its_turn() -> None:
    assigning()
    ready("Carol", capacity=1)
    first, second, third = waits(3), waits(2), waits(1)
    work()
    assert who_has(first, second, third) == ["Carol", "", ""]
    assert [position(Conversation.objects.get(pk=c.pk)) for c in (second, third)] == [1, 2]


def test_the_backlog_drains_when_somebody_comes_and_when_a_conversation_ends() -> None:
    assigning()
    first, second = waits(2), waits(1)
    work()
    assert who_has(first, second) == ["", ""]
    carol = ready("Carol", capacity=1)
    follow()
    assert who_has(first, second) == ["Carol", ""]
    changes.resolve(first.reference, carol)
    follow()
    assert who_has(second) == ["Carol"]


def test_who_is_away_or_a_stand_in_gets_nothing() -> None:
    assigning()
    set_presence(make_member("Carol").pk, "away")
    robin = ready("Robin")
    Member.objects.filter(pk=robin.pk).update(is_stand_in=True)
    alice = waits()
    work()
    assert who_has(alice) == [""]


def test_only_who_speaks_the_language_gets_the_conversation_and_others_do_not_wait_behind_it() -> (
    None
):
    assigning()
    ready("Carol", languages="en")
    chinese, english = waits(9, language="zh-hans"), waits(1, language="en")
    work()
    assert who_has(chinese, english) == ["", "Carol"]
    ready("Lin", languages="zh-hans")
    work()
    assert who_has(chinese) == ["Lin"]


def test_a_queue_of_members_is_only_theirs_and_the_first_rank_is_asked_first() -> None:
    assigning()
    money = Queue.objects.create(
        key="money", name_en="Money", name_zh="资金", topics="deposit", assigns=True
    )
    carol, dave = ready("Carol", capacity=1), ready("Dave")
    ready("Mallory")
    QueueMember.objects.create(queue=money, member=dave, rank=2)
    QueueMember.objects.create(queue=money, member=carol, rank=1)
    given = [waits(9 - n, topic="deposit") for n in range(3)]
    work()
    assert who_has(*given) == ["Carol", "Dave", "Dave"]


def test_an_urgent_conversation_goes_first() -> None:
    assigning()
    patient, urgent = waits(20), waits(1)
    Conversation.objects.filter(pk=urgent.pk).update(urgent_since_us=now_us())
    assert [each.pk for each in waiting_conversations()] == [urgent.pk, patient.pk]
    assert position(Conversation.objects.get(pk=urgent.pk)) == 1
    assert position(Conversation.objects.get(pk=patient.pk)) == 2
    ready("Carol", capacity=1)
    work()
    assert who_has(urgent, patient) == ["Carol", ""]
    assert codes(urgent)[0] == "assigned_urgent"


def test_who_comes_back_meets_the_same_person_if_that_one_has_room() -> None:
    assigning()
    dave = ready("Dave")
    old = waits(60, who="Alice")
    work()
    carol = ready("Carol")
    changes.resolve(old.reference, dave)
    say(old.contact, "another thing", thread="second")
    again = Conversation.objects.get(contact=old.contact, thread="second")
    # Dave is busier than Carol, and yet it is him whom Alice knows.
    waits(30)
    changes.take(waits(3).reference, dave)
    follow()
    assert who_has(again) == ["Dave"]
    assert codes(again)[0] == "assigned_again"
    assert carol.alias in Conversation.objects.values_list("assignee__alias", flat=True)


def test_an_agent_may_take_by_hand_before_the_router_does() -> None:
    assigning()
    alice = waits()
    dave = make_member("Dave")
    changes.take(alice.reference, dave)
    ready("Carol")
    work()
    assert who_has(alice) == ["Dave"]
    with pytest.raises(AlreadyTaken):
        changes.take(alice.reference, Member.objects.get(alias="Carol"))


def test_chats_that_wait_on_the_customer_take_room_for_half_an_hour() -> None:
    assigning()
    carol = ready("Carol", capacity=1)
    first, second = waits(50), waits(5)
    work()
    say(carol, "please send the number", conversation=first.reference)
    work()
    assert who_has(second) == [""]
    Conversation.objects.filter(pk=first.pk).update(last_us=now_us() - 31 * MINUTE_US)
    work()
    assert who_has(second) == ["Carol"]


def test_two_routers_at_once_give_no_conversation_twice_and_nobody_too_much() -> None:
    assigning()
    for number in range(6):
        ready(f"Agent{number}", capacity=8)
    people = [waits(n / 10) for n in range(60)]
    start = threading.Barrier(4)
    given: list[int] = []

    def route() -> None:
        start.wait()
        try:
            given.append(assign_waiting())
        finally:
            connection.close()

    routers = [threading.Thread(target=route) for _ in range(4)]
    for router in routers:
        router.start()
    for router in routers:
        router.join()
    loads = Counter(name for name in who_has(*people) if name)
    assert sum(given) == sum(loads.values()) == 48
    assert set(loads.values()) == {8}
    decided = [
        msgspec.json.decode(data)["conversation"]
        for data in Event.objects.filter(kind="conversation.assigned").values_list(
            "data", flat=True
        )
    ]
    assert len(decided) == len(set(decided)) == 48
    assert all(codes(each).count("agent_joined") == 1 for each in people if who_has(each) != [""])


def test_a_decision_whose_line_cannot_be_written_does_not_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assigning()
    ready("Carol")
    alice = waits()
    before = Event.objects.count()
    monkeypatch.setattr("bitp.desk.routing.lines.ACCEPTED", "never")
    monkeypatch.setattr("bitp.desk.routing.lines.DUPLICATE", "never")
    with pytest.raises(NotWritten):
        assign_waiting()
    assert who_has(alice) == [""]
    assert Event.objects.count() == before
