"""Giving a conversation to a colleague: with a summary, once, and never over somebody's head."""

from __future__ import annotations

from typing import Any

import pytest

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import Conversation, Message, Participant
from bitp.desk.conversations.render import Renderer
from bitp.events.models import Event, StreamEntry
from tests.desk.console.conftest import Console
from tests.people import make_member

pytestmark = pytest.mark.django_db

CID = "client-id-1"


def give(
    console: Console,
    reference: str,
    to: int,
    had_by: int | None = None,
    summary: str = "",
    cid: str = CID,
) -> Any:
    body = {"to": to, "had_by": had_by, "summary": summary, "cid": cid}
    return console.act(reference, "assign", body)


def holder(reference: str) -> int | None:
    return Conversation.objects.get(reference=reference).assignee_id


def test_carol_gives_her_conversation_to_dave_with_a_summary(
    carol: Console, dave: Console, waiting: str
) -> None:
    changes.take(waiting, carol.member)
    answer = give(carol, waiting, dave.member.pk, carol.member.pk, "Sent on the wrong network.")
    assert answer.status_code == 200
    assert answer.json()["conversation"]["assignee"] == {"id": dave.member.pk, "name": "Dave"}
    note = Message.objects.latest("number")
    assert (note.text, note.is_note, note.author) == (
        "Sent on the wrong network.",
        True,
        carol.member.pk,
    )
    assert Participant.objects.filter(member=dave.member).exists()
    row = dave.lists(view="mine")["conversations"][0]
    assert (row["reference"], row["last_text"]) == (waiting, "Sent on the wrong network.")


def test_the_receiver_is_told_who_gave_it_and_the_giver_where_it_went(
    carol: Console, dave: Console, waiting: str
) -> None:
    changes.take(waiting, carol.member)
    give(carol, waiting, dave.member.pk, carol.member.pk, "Please call back.")
    told = Event.objects.filter(kind="conversation.assigned").latest("pk")
    shown = Renderer([(told.kind, told.data)]).data(0, f"agent/{dave.member.pk}")
    assert shown["by"] == {"id": carol.member.pk, "name": "Carol"}
    assert shown["conversation"]["last_text"] == "Please call back."
    gone = Event.objects.get(kind="conversation.unassigned")
    streams = StreamEntry.objects.filter(event=gone).values_list("stream__name", flat=True)
    assert list(streams) == [f"agent/{carol.member.pk}"]
    assert "call back" not in "".join(Event.objects.values_list("data", flat=True))


def test_a_waiting_conversation_is_given_away_and_leaves_the_queue(
    carol: Console, dave: Console, waiting: str
) -> None:
    assert give(carol, waiting, dave.member.pk).status_code == 200
    assert holder(waiting) == dave.member.pk
    assert carol.lists()["counts"]["waiting"] == 0
    assert Event.objects.filter(kind="queue.left").count() == 1


def test_the_customer_reads_neither_summary_nor_who_gave_it(
    carol: Console, dave: Console, waiting: str
) -> None:
    give(carol, waiting, dave.member.pk, None, "a suspicion")
    rows = Message.objects.filter(is_note=False, kind="system")
    assert [row.parts for row in rows] == ['{"code":"agent_joined","name":"Dave"}']
    assert Message.objects.filter(is_note=True).count() == 2


def test_of_two_at_once_the_second_is_told_and_nothing_of_it_is_kept(
    carol: Console, dave: Console, waiting: str
) -> None:
    frank = make_member("Frank")
    give(carol, waiting, frank.pk, None, "for Frank")
    events, messages = Event.objects.count(), Message.objects.count()
    answer = give(dave, waiting, carol.member.pk, None, "for Carol", "client-id-2")
    assert (answer.status_code, answer.json()["code"]) == (409, "moved_on")
    assert holder(waiting) == frank.pk
    assert (Event.objects.count(), Message.objects.count()) == (events, messages)


def test_the_same_handover_sent_again_is_done_once(
    carol: Console, dave: Console, waiting: str
) -> None:
    for _ in range(2):
        assert give(carol, waiting, dave.member.pk, None, "once").status_code == 200
    assert Message.objects.filter(text="once").count() == 1
    assert Event.objects.filter(kind="conversation.assigned").count() == 1


def test_secrets_in_a_summary_are_removed(carol: Console, dave: Console, waiting: str) -> None:
    give(carol, waiting, dave.member.pk, None, "his card is 4111 1111 1111 1111")
    assert "4111" not in "".join(Message.objects.values_list("text", flat=True))


def test_nobody_else_can_be_given_it(carol: Console, waiting: str) -> None:
    gone = make_member("Gone")
    gone.user.is_active = False
    gone.user.save()
    for to in (gone.pk, 10**9):
        assert give(carol, waiting, to).json()["code"] == "no_colleague"
    assert holder(waiting) is None


def test_a_resolved_conversation_is_given_to_nobody(
    carol: Console, dave: Console, waiting: str
) -> None:
    changes.resolve(waiting, carol.member)
    assert give(carol, waiting, dave.member.pk).json()["code"] == "is_resolved"
    assert holder(waiting) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{",
        {},
        {"to": "1"},
        {"to": True, "cid": CID},
        {"to": 1, "cid": "x"},
        {"to": 1, "cid": CID, "summary": 3},
        {"to": -1, "cid": CID},
        {"to": 10**30, "cid": CID},
        {"to": 1, "cid": CID, "had_by": []},
        "9" * 20_000,
    ],
)
def test_what_is_no_handover_changes_nothing(carol: Console, waiting: str, body: object) -> None:
    events = Event.objects.count()
    answer = carol.act(waiting, "assign", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    assert Event.objects.count() == events


@pytest.mark.parametrize("summary", ["x" * 2_001, "\ud800"])
def test_a_summary_that_cannot_be_kept_moves_nothing(
    carol: Console, dave: Console, waiting: str, summary: str
) -> None:
    events = Event.objects.count()
    answer = give(carol, waiting, dave.member.pk, None, summary)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_summary")
    assert holder(waiting) is None
    assert Event.objects.count() == events


def test_the_colleagues_are_those_who_work_here_the_available_first(
    carol: Console, dave: Console, alice: Contact, waiting: str
) -> None:
    dave.member.state = "available"
    dave.member.save()
    gone = make_member("Gone")
    gone.user.is_active = False
    gone.user.save()
    changes.take(waiting, carol.member)
    assert carol.get("/console/data/colleagues")["colleagues"] == [
        {"id": dave.member.pk, "name": "Dave", "state": "available", "chats": 0},
        {"id": carol.member.pk, "name": "Carol", "state": "offline", "chats": 1},
    ]
