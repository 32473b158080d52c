"""The API describes itself: a valid document, true to what is answered, and a page to try it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, assume, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode

from bitp.desk.api import limits
from bitp.desk.api.scopes import SCOPES
from bitp.desk.api.v1 import events
from bitp.desk.api.v1.description import describe
from bitp.desk.conversations.changes import take
from bitp.desk.staff.models import Member
from bitp.lib.ids import new_token
from tests.desk.api.programs import ROOT, Program
from tests.people import make_customer, say

# Requests made up for each operation; a run of all of them takes some 20 seconds.
EXAMPLES = 40
NAMES = sorted(
    operation["operationId"]
    for methods in describe()["paths"].values()
    for operation in methods.values()
)


@pytest.mark.django_db
def test_the_document_is_served_to_anybody_and_is_valid(client: Client) -> None:
    answer = client.get(f"{ROOT}/openapi.json")
    assert answer.status_code == 200
    document = json.loads(answer.content)
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert f"{ROOT}/conversations" in document["paths"]


def test_every_operation_names_its_scopes_its_problems_and_itself() -> None:
    named = set()
    for methods in describe()["paths"].values():
        for operation in methods.values():
            named.add(operation["operationId"])
            assert set(operation["security"][0]["Token"]) <= set(SCOPES)
            assert {"401", "403", "429"} <= set(operation["responses"])
            assert operation["summary"]
            assert operation["description"]
            has_key = "Idempotency-Key" in {each["name"] for each in operation["parameters"]}
            assert has_key == ("requestBody" in operation)
    assert "createConversation" in named


def test_nothing_in_the_document_leads_elsewhere() -> None:
    text = json.dumps({**describe(), "servers": []})
    assert "http://" not in text
    assert "https://" not in text


@pytest.fixture
def _no_limit(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.BITP_API_PER_MINUTE = 10_000_000
    # None of a thousand requests waits.
    monkeypatch.setattr(events, "_waiting", threading.BoundedSemaphore(1))
    assert events._waiting.acquire()
    limits.forget_counts()


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The end of a request is not the end of the test's transaction."""
    signals.request_started.disconnect(close_old_connections)
    signals.request_finished.disconnect(close_old_connections)
    yield
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.usefixtures("_no_limit", "_one_connection")
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("name", NAMES)
def test_made_up_requests_get_no_answer_that_was_not_promised(
    name: str, mode: GenerationMode, erin: Member
) -> None:
    program = Program(erin)
    reference = say(make_customer("Alice"), "My deposit is missing").reference
    take(reference, erin)
    schema = schemathesis.openapi.from_wsgi(f"{ROOT}/openapi.json", get_wsgi_application())
    operation = schema.find_operation_by_id(name)
    asked: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def play(case: schemathesis.Case[Any]) -> None:
        # What is empty is not sent at all, so that such a request is not wrong in the end.
        assume(all(value not in ([], {}) for value in (case.query or {}).values()))
        # Every second one is about a conversation that exists.
        if "reference" in (case.path_parameters or {}) and len(asked) % 2:
            case.path_parameters["reference"] = reference
        headers = {"Authorization": f"Bearer {program.secret}"}
        if mode is GenerationMode.POSITIVE:
            # A key that is made up twice would stand for two requests.
            headers["Idempotency-Key"] = new_token()
        answer = case.call_and_validate(headers=headers)
        asked.append(answer.status_code)

    play()
    counts = {status: asked.count(status) for status in sorted(set(asked))}
    print(f"{name}: {len(asked)} requests, answers {counts}")
    assert not [status for status in asked if status >= 500]
