"""Agents who leave, contacts who come back, and waits that grow too long."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from bitp.desk.conversations import changes
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.queries import conversations_for
from bitp.desk.conversations.render import Renderer
from bitp.desk.routing.changes import raise_unanswered
from bitp.desk.routing.models import Queue
from bitp.desk.staff.changes import By, deactivate
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.events.models import Event
from bitp.events.streams import entries_after
from bitp.lib import clock
from bitp.lib.clock import now_us
from tests.desk.routing.at_work import (
    MINUTE_US,
    assigning,
    codes,
    fall_silent,
    follow,
    lines,
    ready,
    waits,
    who_has,
    work,
)
from tests.people import make_member, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_silent_agents_unanswered_conversations_go_back_and_the_others_stay() -> None:
    carol = ready("Carol")
    unanswered, answered = waits(5), waits(4)
    for each in (unanswered, answered):
        changes.take(each.reference, carol)
    say(carol, "done?", conversation=answered.reference)
    follow()
    fall_silent(carol)
    work()
    assert who_has(unanswered, answered) == ["", "Carol"]
    assert lines(unanswered)[-1] == {"code": "returned_offline", "name": "Carol"}
    assert codes(unanswered, "customer") == ["agent_joined"]
    back = Conversation.objects.get(pk=unanswered.pk)
    assert back.waiting_since_us == unanswered.waiting_since_us
    assert [e.kind for e in entries_after("queue/main", 0, 20)][-1] == "queue.entered"
    say(answered.contact, "not yet", conversation=answered.reference)
    work()
    assert who_has(answered) == [""]


def test_who_only_steps_away_keeps_their_conversations() -> None:
    carol = ready("Carol")
    alice = waits()
    changes.take(alice.reference, carol)
    set_presence(carol.pk, "away")
    say(alice.contact, "hello?", conversation=alice.reference)
    work()
    assert who_has(alice) == ["Carol"]


def test_who_goes_home_by_choice_or_is_shut_out_leaves_nobody_waiting() -> None:
    carol, dave = ready("Carol"), ready("Dave")
    make_member("Erin", "operator")
    alice, bob = waits(2), waits(1)
    changes.take(alice.reference, carol)
    changes.take(bob.reference, dave)
    set_presence(carol.pk, "offline")
    deactivate(dave.pk, By())
    follow()
    assert who_has(alice, bob) == ["", ""]


def test_in_an_assigning_queue_they_go_on_to_somebody_who_is_there() -> None:
    assigning()
    carol = ready("Carol")
    alice = waits()
    work()
    ready("Dave")
    fall_silent(carol)
    work()
    assert who_has(alice) == ["Dave"]


def test_a_stand_in_is_never_home_and_keeps_what_it_has() -> None:
    robin = make_member("Robin")
    Member.objects.filter(pk=robin.pk).update(is_stand_in=True)
    alice = waits()
    changes.take(alice.reference, robin)
    say(alice.contact, "hello?", conversation=alice.reference)
    work()
    assert who_has(alice) == ["Robin"]


@pytest.mark.parametrize(
    ("state", "has_it"), [("available", "Carol"), ("away", ""), ("offline", "")]
)
def test_a_settled_conversation_comes_back_to_the_same_agent_only_if_ready(
    state: str, has_it: str
) -> None:
    carol = ready("Carol")
    alice = waits()
    changes.take(alice.reference, carol)
    changes.resolve(alice.reference, carol)
    set_presence(carol.pk, state)
    follow()
    say(alice.contact, "it is back", conversation=alice.reference)
    work()
    assert who_has(alice) == [has_it]


def test_a_settled_conversation_does_not_come_back_to_an_agent_without_room() -> None:
    carol = ready("Carol", capacity=1)
    alice = waits(9)
    changes.take(alice.reference, carol)
    changes.resolve(alice.reference, carol)
    changes.take(waits(2).reference, carol)
    changes.reopen_by_contact(alice.contact, alice.reference)
    work()
    assert who_has(alice) == [""]
    assert codes(alice)[-1] == "returned_busy"


def test_whoever_waits_too_long_is_raised_to_supervisors_once_a_wait() -> None:
    dave, carol = make_member("Dave", "supervisor"), make_member("Carol")
    late, assigned, fresh = waits(16), waits(20), waits(3)
    changes.take(assigned.reference, carol)
    assert raise_unanswered() == 2
    assert raise_unanswered() == 0
    assert lines(late)[-1] == {"code": "raised", "minutes": 16}
    assert codes(assigned)[-1] == "raised"
    assert codes(fresh) == []
    assert codes(late, "customer") == []
    own = entries_after(f"agent/{dave.pk}", 0, 10)
    assert [entry.kind for entry in own] == ["conversation.raised"] * 2
    shown = Renderer([(entry.kind, entry.data) for entry in own]).data(0, f"agent/{dave.pk}")
    assert shown["conversation"]["raised"] is True
    assert [each["raised"] for each in conversations_for(dave, "waiting").items] == [True, False]
    say(carol, "sorry for the wait", conversation=late.reference)
    assert not any(each["raised"] for each in conversations_for(dave, "waiting").items)
    say(late.contact, "and now?", conversation=late.reference, at_us=now_us() - 16 * MINUTE_US)
    assert raise_unanswered() == 0, "raised again only after a new wait that began later"


def test_a_queue_may_raise_never_and_not_before_it_was_open_long_enough(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigning()
    settings.BITP_HOURS = "Mon-Sun 09:00-18:00"
    waits(600)
    for hour, raised in ((8, 0), (9, 0), (19, 0), (10, 1)):
        moment = datetime(2026, 11, 24, hour - 8, 5, tzinfo=UTC)
        monkeypatch.setattr("bitp.desk.routing.changes.now", lambda moment=moment: moment)
        assert raise_unanswered() == raised, hour
    Queue.objects.update(raised_after_minutes=0)
    waits(700)
    assert raise_unanswered() == 0


def test_after_an_hour_without_a_router_everything_due_is_done_once() -> None:
    assigning()
    make_member("Dave", "supervisor")
    carol = ready("Carol")
    had = waits(70)
    changes.take(had.reference, carol)
    fall_silent(carol)
    late = waits(65)
    ready("Erin")
    for _ in range(3):
        work()
    assert who_has(had, late) == ["Erin", "Erin"]
    for each in (had, late):
        assert codes(each).count("raised") == 1
    kinds = list(Event.objects.values_list("kind", flat=True))
    assert kinds.count("staff.availability") == 3
    assert kinds.count("conversation.raised") == 2
    assert kinds.count("conversation.unassigned") == 1


def test_outside_the_hours_people_are_told_when_somebody_will_be_there(
    settings: Settings,
) -> None:
    today = clock.now().astimezone(UTC).weekday()
    later = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[(today + 3) % 7]
    settings.BITP_HOURS = f"{later} 09:00-18:00"
    alice = waits()
    follow()
    told = lines(alice, "customer")
    assert [line["code"] for line in told] == ["away"]
    assert isinstance(told[0]["opens_at_us"], int)
    assert told[0]["opens_at_us"] > now_us()
    ready("Carol")
    bob = waits()
    follow()
    assert codes(bob, "customer") == []


def test_who_asks_for_a_person_does_not_wait_for_one_who_stepped_away() -> None:
    carol = ready("Carol")
    conversation = waits(5)
    changes.take(conversation.reference, carol)
    set_presence(carol.pk, "away")
    say(conversation.contact, "still there?", conversation=conversation.reference)
    work()
    assert who_has(conversation) == ["Carol"]
    say(conversation.contact, "转人工", conversation=conversation.reference)
    work()
    assert who_has(conversation) == [""]
    assert codes(conversation)[-2:] == ["wants_human", "returned_busy"]


def test_who_asks_for_a_person_keeps_the_one_who_is_there() -> None:
    carol = ready("Carol")
    conversation = waits(5)
    changes.take(conversation.reference, carol)
    say(conversation.contact, "let me talk to a human", conversation=conversation.reference)
    work()
    assert who_has(conversation) == ["Carol"]
