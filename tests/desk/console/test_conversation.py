"""One conversation's data: pages of messages, own drafts, marks; not found without the right."""

from __future__ import annotations

import pytest

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.marks import Mark, move_marks, save_draft
from bitp.desk.conversations.models import About, Conversation
from bitp.events.models import Stream
from tests.desk.console.conftest import DATA, Console
from tests.people import say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db


def test_messages_come_in_order_with_notes_and_evidence(
    carol: Console, alice: Contact, waiting: str
) -> None:
    say(carol.member, "Looking into it", conversation=waiting)
    say(carol.member, "Third one this week", conversation=waiting, note=True)
    answer = carol.open(waiting)
    assert [(m["number"], m["note"], m["author"]["name"]) for m in answer["messages"]] == [
        (1, False, "Alice"),
        (2, False, "Carol"),
        (3, True, "Carol"),
    ]
    assert answer["messages"][0]["level"] == 2
    assert answer["messages"][1]["author"]["id"] == carol.member.pk
    assert answer["more"] is False


def test_earlier_messages_come_by_number(carol: Console, alice: Contact, waiting: str) -> None:
    for number in range(2, 71):
        say(alice, f"message {number}", conversation=waiting)
    last = carol.open(waiting)
    assert [m["number"] for m in last["messages"]] == list(range(21, 71))
    assert last["more"] is True
    earlier = carol.open(waiting, before="21")
    assert [m["number"] for m in earlier["messages"]] == list(range(1, 21))
    assert earlier["more"] is False


def test_following_on_from_its_number_misses_nothing(carol: Console, waiting: str) -> None:
    answer = carol.open(waiting)
    stream = Stream.objects.get(name=f"conversation/{waiting}/staff")
    assert answer["head"] == answer["conversation"]["head"] == stream.head


def test_it_says_how_far_this_member_and_the_contact_have_read(
    carol: Console, dave: Console, alice: Contact, waiting: str
) -> None:
    say(alice, "Hello?", conversation=waiting)
    move_marks([Mark(waiting, f"staff:{carol.member.pk}", 2, 1), Mark(waiting, "contact", 2, 2)])
    answer = carol.open(waiting)
    assert answer["read"] == 1
    assert answer["conversation"]["unread"] == 1
    assert answer["marks"]["contact"] == {"delivered": 2, "read": 2}
    assert dave.open(waiting)["read"] == 0


def test_a_draft_is_its_writers_alone(carol: Console, dave: Console, waiting: str) -> None:
    conversation = Conversation.objects.get(reference=waiting)
    save_draft(conversation, carol.member, "I think", is_note=True)
    (draft,) = carol.open(waiting)["drafts"]
    assert (draft["note"], draft["text"]) == (True, "I think")
    assert dave.open(waiting)["drafts"] == []


def test_it_says_who_takes_part_and_what_it_is_about(carol: Console, waiting: str) -> None:
    conversation = Conversation.objects.get(reference=waiting)
    About.objects.create(conversation=conversation, kind="order", subject="O-1")
    carol.act(waiting, "take")
    answer = carol.open(waiting)
    assert [(p["kind"], p["name"]) for p in answer["participants"]] == [
        ("contact", "Alice"),
        ("agent", "Carol"),
    ]
    assert answer["about"] == [{"kind": "order", "subject": "O-1"}]


@pytest.mark.parametrize("reference", ["BP-2222-2222", "x", "%00", "<script>"])
@pytest.mark.parametrize("part", ["", "/panels"])
def test_what_is_not_there_is_not_found(carol: Console, reference: str, part: str) -> None:
    answer = carol.client.get(f"/console/data/c/{reference}{part}", **DATA)
    assert answer.status_code == 404


def test_its_own_customer_does_not_get_it_here(alice: Contact, waiting: str) -> None:
    answer = client_of(alice).get(f"/console/data/c/{waiting}", **DATA)
    assert answer.status_code == 401
    assert answer.json()["code"] == "signed_out"
    assert b"deposit" not in answer.content
