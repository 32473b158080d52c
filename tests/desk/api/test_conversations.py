"""Conversations through the API: listed by cursor, opened, changed; each a program's doing."""

from __future__ import annotations

import json

import pytest

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import take
from bitp.desk.conversations.models import Conversation, Message
from bitp.events.models import Event
from tests.desk.api.programs import Program
from tests.people import make_customer, make_member, say

pytestmark = pytest.mark.django_db


def test_a_program_opens_a_conversation_with_what_its_contact_said(program: Program) -> None:
    made = program.open(topic="deposit", language="zh-hans")
    row = Conversation.objects.get(reference=made["reference"])
    assert (made["topic"], made["language"], made["status"]) == ("deposit", "zh-hans", "open")
    assert made["contact"]["name"] == "Alice"
    assert made["waiting_since"] is not None
    assert row.messages.get().text == "My deposit is missing"
    assert program.get(f"/conversations/{made['reference']}") == made


def test_what_a_program_says_of_a_person_proves_nothing(program: Program) -> None:
    made = program.open()
    message = Message.objects.get(conversation__reference=made["reference"])
    assert (made["level"], message.level) == (0, 0)
    assert json.loads(message.evidence) == {"kind": "program", "token": program.token.prefix}


def test_the_record_says_that_a_program_did_it_and_for_whom(program: Program) -> None:
    made = program.open()
    program.ask("PATCH", f"/conversations/{made['reference']}", {"status": "resolved"})
    for kind in ("conversation.opened", "message.posted", "conversation.changed"):
        fact = Event.objects.filter(kind=kind).order_by("pk").first()
        assert fact is not None
        assert (fact.actor_kind, fact.actor) == ("program", str(program.token.pk)), kind
        assert fact.on_behalf_of == f"staff:{program.token.owner_id}"


def test_the_same_person_is_the_same_contact(program: Program) -> None:
    first, second = program.open("One"), program.open("Two")
    assert first["reference"] != second["reference"]
    assert first["contact"] == second["contact"]
    assert Contact.objects.count() == 1


def test_a_known_contact_is_named_by_reference(program: Program) -> None:
    alice = make_customer("Alice")
    made = program.open(contact={"reference": alice.reference})
    assert made["contact"] == {"reference": alice.reference, "name": "Alice", "customer": True}


def test_an_unknown_contact_opens_nothing(program: Program) -> None:
    body = {"contact": {"reference": "nobody"}, "text": "Hello"}
    answer = program.ask("POST", "/conversations", body)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "no_such_contact")
    assert not Conversation.objects.exists()


@pytest.mark.parametrize(
    "contact",
    [
        {},
        {"reference": "a", "external_id": "b"},
        {"external_id": "with space"},
        {"external_id": "alice", "email": "not an address"},
        {"external_id": "alice", "unknown": 1},
    ],
)
def test_a_contact_that_is_not_clear_opens_nothing(
    program: Program, contact: dict[str, object]
) -> None:
    answer = program.ask("POST", "/conversations", {"contact": contact, "text": "Hello"})
    problem = json.loads(answer.content)
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    assert problem["errors"][0]["where"].startswith("body")
    assert not Conversation.objects.exists()
    assert not Contact.objects.exists()


def test_a_secret_is_masked_before_it_is_stored(program: Program) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    made = program.open(f"my words: {phrase}", key="k")
    text = Message.objects.filter(conversation__reference=made["reference"]).first()
    assert text is not None
    assert "sausage" not in text.text
    assert "sausage" not in json.dumps(program.get(f"/conversations/{made['reference']}/messages"))


def test_topic_and_status_are_changed(program: Program) -> None:
    path = f"/conversations/{program.open()['reference']}"
    changed = program.ask("PATCH", path, {"topic": "security", "status": "resolved"})
    shown = json.loads(changed.content)
    assert (shown["topic"], shown["status"]) == ("security", "resolved")
    again = json.loads(program.ask("PATCH", path, {"status": "open"}).content)
    assert (again["topic"], again["status"]) == ("security", "open")


def test_a_change_that_changes_nothing_is_refused(program: Program) -> None:
    path = f"/conversations/{program.open()['reference']}"
    assert program.ask("PATCH", path, {}).status_code == 422
    assert program.ask("PATCH", path, {"status": "waiting"}).status_code == 422


def test_every_page_together_is_every_conversation_once(program: Program) -> None:
    made = [program.open(f"Number {number}")["reference"] for number in range(5)]
    seen, path = [], "/conversations?limit=2"
    while path:
        page = program.get(path)
        seen += [each["reference"] for each in page["items"]]
        assert len(page["items"]) <= 2
        path = f"/conversations?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == made[::-1]


def test_one_that_comes_while_paging_moves_no_page(program: Program) -> None:
    made = [program.open(f"Number {number}")["reference"] for number in range(4)]
    first = program.get("/conversations?limit=2")
    program.open("Late")
    second = program.get(f"/conversations?limit=2&cursor={first['next']}")
    assert [each["reference"] for each in second["items"]] == made[1::-1]


@pytest.mark.parametrize("cursor", ["x", "-1", "1.5", "9" * 19, "٣"])
def test_a_cursor_of_somebody_elses_making_is_refused(program: Program, cursor: str) -> None:
    answer = program.ask("GET", f"/conversations?cursor={cursor}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "invalid")


def test_filters_find_what_they_say(program: Program) -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    hers = say(alice, "Hello").reference
    take(hers, carol)
    other = program.open(topic="order", language="zh-hans")["reference"]

    def found(query: str) -> set[str]:
        return {each["reference"] for each in program.get(f"/conversations?{query}")["items"]}

    assert found("topic=order") == {other}
    assert found("language=zh-hans&status=open") == {other}
    assert found(f"assignee={carol.pk}") == {hers}
    assert found("assignee=none") == {other}
    assert found(f"contact={alice.reference}") == {hers}
    assert found("status=resolved") == set()
    assert found(f"assignee={carol.pk}&topic=order") == set()


def test_what_is_not_there_is_not_found(program: Program) -> None:
    for method, path, body in (
        ("GET", "/conversations/BP-2222-2222", None),
        ("PATCH", "/conversations/BP-2222-2222", {"topic": "order"}),
        ("GET", "/conversations/BP-2222-2222/messages", None),
        ("POST", "/conversations/BP-2222-2222/messages", {"text": "Hello"}),
        ("PUT", "/conversations/BP-2222-2222/assignee", {"agent": None}),
    ):
        answer = program.ask(method, path, body)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (404, "not_found")
        assert answer["Content-Type"] == "application/problem+json"


def test_a_filter_that_is_misspelt_is_refused(program: Program) -> None:
    for path in ("/conversations?topics=order", "/assignments?agnet=1", "/events?since=1"):
        answer = program.ask("GET", path)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "invalid")
