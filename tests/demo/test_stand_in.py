"""The stand-in answers while nobody is there, and hands over as soon as somebody is."""

from __future__ import annotations

import pytest

import bitp.demo.jobs
import bitp.desk.conversations.jobs  # noqa: F401 - both register what they handle
from bitp.desk.conversations.changes import resolve
from bitp.desk.conversations.models import Conversation
from bitp.desk.routing.queries import waiting_conversations
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.events.jobs import work_once
from bitp.events.models import Job
from bitp.events.tail import consume_all
from tests.people import make_customer, make_member, say

# The log is read up to what is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def robin() -> Member:
    member = make_member("Robin")
    Member.objects.filter(pk=member.pk).update(is_stand_in=True)
    return member


def hurry() -> None:
    """The worker's turns, with every pause already over; a look that repeats is done once."""
    while consume_all():
        pass
    Job.objects.update(due_us=0)
    work_once()


def conversation(reference: str) -> Conversation:
    return Conversation.objects.get(reference=reference)


def test_nobody_is_there_and_robin_answers_once(robin: Member) -> None:
    alice = make_customer("Alice")
    reference = say(alice, "Is somebody there?").reference
    hurry()
    hurry()
    answers = conversation(reference).messages.filter(author_kind="agent")
    assert [answer.author for answer in answers] == [robin.pk]
    assert conversation(reference).assignee == robin


def test_robin_waits_until_alice_has_written_everything(robin: Member) -> None:
    alice = make_customer("Alice")
    reference = say(alice, "Is somebody there?").reference
    while consume_all():
        pass
    say(alice, "My deposit is late", conversation=reference)
    for _ in range(3):
        hurry()
    answers = conversation(reference).messages.filter(author_kind="agent")
    assert [answer.author for answer in answers] == [robin.pk]
    assert answers[0].number > 2


@pytest.mark.usefixtures("robin")
def test_carol_is_there_and_robin_keeps_quiet() -> None:
    set_presence(make_member("Carol").pk, "available")
    reference = say(make_customer("Alice"), "Is somebody there?").reference
    hurry()
    assert not conversation(reference).messages.filter(author_kind="agent").exists()
    assert conversation(reference).assignee is None


@pytest.mark.usefixtures("robin")
def test_carol_comes_and_finds_what_robin_held_among_the_waiting() -> None:
    carol = make_member("Carol")
    reference = say(make_customer("Alice"), "Is somebody there?").reference
    hurry()
    assert not waiting_conversations().exists()
    set_presence(carol.pk, "available")
    hurry()
    assert [each.reference for each in waiting_conversations()] == [reference]
    hurry()
    assert not Job.objects.filter(kind="demo.hand_over").exists()


def test_what_is_settled_is_not_handed_over(robin: Member) -> None:
    carol = make_member("Carol")
    reference = say(make_customer("Alice"), "Is somebody there?").reference
    hurry()
    resolve(reference, carol)
    set_presence(carol.pk, "available")
    hurry()
    assert conversation(reference).assignee == robin
    assert not waiting_conversations().exists()
