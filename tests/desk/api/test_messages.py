"""Messages through the API: by number, replies and notes, each stored once."""

from __future__ import annotations

import json

import pytest

from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.models import Conversation, Message
from bitp.desk.conversations.shapes import CUSTOMER, STAFF
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.desk.api.programs import Program
from tests.people import make_customer, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference() -> str:
    return say(make_customer("Alice"), "My deposit is missing").reference


def test_a_reply_is_the_owners_and_marked_as_a_programs(program: Program, reference: str) -> None:
    path = f"/conversations/{reference}/messages"
    answer = program.ask("POST", path, {"text": "It is on its way"})
    said = json.loads(answer.content)
    assert answer.status_code == 201
    assert (said["number"], said["note"]) == (2, False)
    owner = program.token.owner
    assert said["author"] == {"kind": "agent", "name": "Erin", "id": owner.pk, "program": True}
    assert program.get(path)["items"][1] == said
    assert program.get(f"/conversations/{reference}")["status"] == "waiting"


def test_a_person_is_not_marked_as_a_program(
    program: Program, reference: str, erin: Member
) -> None:
    say(erin, "I am looking", conversation=reference)
    shown = program.get(f"/conversations/{reference}/messages")["items"]
    assert [each["author"]["program"] for each in shown] == [False, False]


def test_a_note_stays_with_the_staff(program: Program, reference: str) -> None:
    path = f"/conversations/{reference}/messages"
    assert program.ask("POST", path, {"text": "VIP", "note": True}).status_code == 201
    fact = Event.objects.filter(kind="message.posted").latest("pk")
    streams = list(fact.streamentry_set.values_list("stream__name", flat=True))
    assert streams == [f"conversation/{reference}/staff"]
    assert (fact.actor_kind, fact.actor) == ("program", str(program.token.pk))


def test_without_the_right_to_notes_none_is_read(
    program: Program, reference: str, erin: Member
) -> None:
    say(erin, "canary-note", conversation=reference, note=True)
    say(erin, "A reply", conversation=reference)
    path = f"/conversations/{reference}/messages"
    reader = Program(erin, "messages:read")
    assert [each["number"] for each in reader.get(path)["items"]] == [1, 3]
    assert [each["number"] for each in program.get(path)["items"]] == [1, 2, 3]


def test_pages_go_on_after_a_number(program: Program, reference: str, erin: Member) -> None:
    for number in range(4):
        say(erin, f"Number {number}", conversation=reference)
    path = f"/conversations/{reference}/messages?limit=2"
    first = program.get(path)
    second = program.get(f"{path}&after={first['next']}")
    third = program.get(f"{path}&after={second['next']}")
    numbers = [[each["number"] for each in page["items"]] for page in (first, second, third)]
    assert numbers == [[1, 2], [3, 4], [5]]
    assert third["next"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "invalid"),
        ({"text": "   \n"}, "invalid"),
        ({"text": "\x01\x02"}, "refused"),
        ({"text": "x" * 8_001}, "invalid"),
        ({"text": 7}, "invalid"),
        ({"note": True}, "invalid"),
        ({"text": "Hello", "author": "Carol"}, "invalid"),
        ([], "invalid"),
    ],
)
def test_what_cannot_be_said_is_not_stored(
    program: Program, reference: str, body: object, code: str
) -> None:
    answer = program.ask("POST", f"/conversations/{reference}/messages", body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, code)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("audience", [CUSTOMER, STAFF])
def test_nobody_takes_a_programs_reply_for_a_persons(
    program: Program, reference: str, erin: Member, audience: str
) -> None:
    program.ask("POST", f"/conversations/{reference}/messages", {"text": "By a program"}, "k1")
    say(erin, "By a person", conversation=reference)
    shown, _ = messages_of(Conversation.objects.get(reference=reference).pk, 0, audience)
    label = {each["text"]: each["author"].get("program", False) for each in shown}
    assert label["By a program"] is True
    assert label["By a person"] is False
