"""Who has which conversation, and giving it to somebody."""

from __future__ import annotations

import json

import pytest

from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import set_presence
from bitp.events.models import Event
from tests.desk.api.programs import Program
from tests.people import make_customer, make_member, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def reference() -> str:
    return say(make_customer("Alice"), "My deposit is missing").reference


def assign(program: Program, reference: str, agent: int | None) -> tuple[int, dict[str, object]]:
    answer = program.ask("PUT", f"/conversations/{reference}/assignee", {"agent": agent})
    return answer.status_code, json.loads(answer.content)


def test_a_conversation_is_given_moved_and_put_back(program: Program, reference: str) -> None:
    carol, dave = make_member("Carol"), make_member("Dave", "supervisor")
    assert assign(program, reference, carol.pk)[1]["assignee"] == {"id": carol.pk, "name": "Carol"}
    assert assign(program, reference, dave.pk)[1]["assignee"] == {"id": dave.pk, "name": "Dave"}
    assert assign(program, reference, None)[1]["assignee"] is None
    facts = Event.objects.filter(kind__in=["conversation.assigned", "conversation.unassigned"])
    kinds = [(each.kind.rpartition(".")[2], each.actor_kind) for each in facts.order_by("pk")]
    assert kinds == [
        ("assigned", "program"),
        ("unassigned", "program"),
        ("assigned", "program"),
        ("unassigned", "program"),
    ]


def test_giving_it_to_who_has_it_changes_nothing(program: Program, reference: str) -> None:
    carol = make_member("Carol")
    assign(program, reference, carol.pk)
    before = Event.objects.count()
    assert assign(program, reference, carol.pk)[0] == 200
    assert Event.objects.count() == before


def test_it_is_given_to_nobody_who_cannot_answer(program: Program, reference: str) -> None:
    gone = make_member("Gone")
    gone.user.is_active = False
    gone.user.save()
    robin = make_member("Robin")
    Member.objects.filter(pk=robin.pk).update(is_stand_in=True)
    for pk in (gone.pk, robin.pk, 2**62):
        status, problem = assign(program, reference, pk)
        assert (status, problem["code"]) == (404, "no_such_agent")
    assert Conversation.objects.get().assignee is None


def test_a_failed_move_leaves_it_where_it_was(program: Program, reference: str) -> None:
    carol = make_member("Carol")
    assign(program, reference, carol.pk)
    before = Event.objects.count()
    assert assign(program, reference, 2**62)[0] == 404
    assert Conversation.objects.get().assignee == carol
    assert Event.objects.count() == before


def test_assignments_are_listed_by_agent(program: Program, reference: str) -> None:
    carol = make_member("Carol")
    program.open()
    assign(program, reference, carol.pk)
    listed = program.get("/assignments")["items"]
    agent = {"id": carol.pk, "name": "Carol"}
    topic = Conversation.objects.get(reference=reference).topic
    expected = {"conversation": reference, "agent": agent, "status": "open", "topic": topic}
    assert listed == [expected]
    assert program.get(f"/assignments?agent={carol.pk}")["items"] == listed
    assert program.get(f"/assignments?agent={program.token.owner_id}")["items"] == []


def test_assignments_are_paged(program: Program, erin: Member) -> None:
    made = [program.open(f"Number {number}")["reference"] for number in range(3)]
    for each in made:
        assign(program, each, erin.pk)
    first = program.get("/assignments?limit=2")
    second = program.get(f"/assignments?limit=2&cursor={first['next']}")
    seen = [each["conversation"] for each in first["items"] + second["items"]]
    assert seen == made[::-1]
    assert second["next"] is None


def test_agents_are_listed_as_they_are(program: Program, reference: str, erin: Member) -> None:
    carol = make_member("Carol")
    set_presence(carol.pk, "available")
    assign(program, reference, carol.pk)
    assert program.get("/agents")["items"] == [
        {
            "id": erin.pk,
            "name": "Erin",
            "role": "operator",
            "available": False,
            "open_conversations": 0,
        },
        {
            "id": carol.pk,
            "name": "Carol",
            "role": "agent",
            "available": True,
            "open_conversations": 1,
        },
    ]


@pytest.mark.parametrize("agent", [True, "1", 1.5, 0, [], {}])
def test_what_is_no_id_assigns_nobody(
    program: Program, reference: str, erin: Member, agent: object
) -> None:
    assert erin.pk
    answer = program.ask("PUT", f"/conversations/{reference}/assignee", {"agent": agent})
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "invalid")
    assert Conversation.objects.get().assignee is None
