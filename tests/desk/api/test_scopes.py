"""Every operation × every scope: without the right one nothing happens and nothing is shown.

The operations come from the API itself: a new one is in here by existing.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from bitp.desk.api.scopes import NOTES_WRITE, SCOPES
from bitp.desk.api.v1.description import describe
from bitp.desk.conversations.models import Message
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.desk.api.programs import ROOT, Program
from tests.people import make_customer, say

pytestmark = pytest.mark.django_db

BODIES: dict[str, Any] = {
    "createConversation": {"contact": {"external_id": "bob"}, "text": "Hello"},
    "changeConversation": {"topic": "order"},
    "postMessage": {"text": "Hello"},
    "assignConversation": {"agent": None},
}
# The body decides which scope these need.
NEEDS = {"postMessage": ["messages:write"]}
CANARIES = ("canary-message", "canary-name")


def operations() -> list[tuple[str, str, str, list[str]]]:
    """(id, method, path, scopes) of each."""
    return [
        (each["operationId"], method.upper(), path.removeprefix(ROOT), _needs(each))
        for path, methods in describe()["paths"].items()
        for method, each in methods.items()
    ]


def _needs(operation: dict[str, Any]) -> list[str]:
    scopes: list[str] = operation["security"][0]["Token"]
    return NEEDS.get(operation["operationId"], scopes)


@pytest.fixture
def reference() -> str:
    return say(make_customer("canary-name"), "canary-message").reference


@pytest.mark.parametrize(
    ("name", "method", "path", "needs"), operations(), ids=[each[0] for each in operations()]
)
def test_only_its_own_scope_opens_it(
    name: str, method: str, path: str, needs: list[str], reference: str, erin: Member
) -> None:
    address = path.format(reference=reference)
    body = BODIES.get(name) if method != "GET" else None
    for scope in SCOPES:
        program = Program(erin, scope)
        before = (Event.objects.count(), Message.objects.count())
        answer = program.ask(method, address, body)
        if not needs or scope in needs:
            assert answer.status_code in {200, 201}, (scope, answer.content)
            continue
        problem = json.loads(answer.content)
        assert (answer.status_code, problem["code"]) == (403, "insufficient_scope"), scope
        assert problem["scope"] == " ".join(needs)
        assert 'error="insufficient_scope"' in answer["WWW-Authenticate"]
        assert before == (Event.objects.count(), Message.objects.count())
        assert not any(each in answer.content.decode() for each in CANARIES)


@pytest.mark.parametrize(
    ("name", "method", "path", "needs"), operations(), ids=[each[0] for each in operations()]
)
def test_without_a_token_there_is_nothing(
    name: str, method: str, path: str, needs: list[str], reference: str, program: Program
) -> None:
    before = (Event.objects.count(), Message.objects.count())
    program.secret = "bitp_ABCDEF_no-such-token"
    answer = program.ask(method, path.format(reference=reference), BODIES.get(name))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (401, "bad_token")
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert before == (Event.objects.count(), Message.objects.count())


def test_every_operation_that_writes_is_tried_with_a_body() -> None:
    writing = {name for name, method, _, _ in operations() if method != "GET"}
    assert writing == set(BODIES)
    assert len(operations()) >= 9


def test_a_note_needs_its_own_scope(reference: str, erin: Member) -> None:
    path = f"/conversations/{reference}/messages"
    note = {"text": "For us", "note": True}
    writer, noter = Program(erin, "messages:write"), Program(erin, NOTES_WRITE)
    refused = writer.ask("POST", path, note)
    assert (refused.status_code, json.loads(refused.content)["scope"]) == (403, NOTES_WRITE)
    assert noter.ask("POST", path, {"text": "A reply"}).status_code == 403
    assert Message.objects.count() == 1
    assert noter.ask("POST", path, note).status_code == 201


def test_a_session_of_the_console_opens_nothing_here(reference: str, erin: Member) -> None:
    from tests.signing_in import client_of

    answer = client_of(erin).get(f"{ROOT}/conversations", headers={"Accept": "application/json"})
    assert answer.status_code == 401
