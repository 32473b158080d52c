"""What is refused is refused in one form, and the limits are told with every answer."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bitp.desk.api import limits
from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member
from tests.desk.api.programs import ROOT, Program

pytestmark = pytest.mark.django_db


def raw(program: Program, content: bytes, content_type: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {program.secret}"}
    return Client().generic("POST", f"{ROOT}/conversations", content, content_type, headers=headers)


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "invalid"),
        (b"{", 400, "bad_body"),
        (b"\xff", 400, "bad_body"),
        (b'{"text": NaN}', 400, "bad_body"),
        (b'{"text": "\\ud800"}', 400, "bad_body"),
        (b"[" * 50_000, 400, "bad_body"),
        (b'"' + b"x" * 70_000 + b'"', 413, "too_large"),
        (b"null", 422, "invalid"),
        (b"{}", 422, "invalid"),
    ],
)
def test_a_body_that_is_none_is_refused(
    program: Program, content: bytes, status: int, code: str
) -> None:
    answer = raw(program, content)
    assert (answer.status_code, json.loads(answer.content)["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert not Conversation.objects.exists()


def test_only_json_is_read(program: Program) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded", ""):
        answer = raw(program, b'{"text": "Hello"}', content_type)
        assert (answer.status_code, json.loads(answer.content)["code"]) == (415, "not_json")


def test_another_method_is_told_which_ones_there_are(program: Program) -> None:
    answer = program.ask("DELETE", "/conversations")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}


def test_what_was_sent_is_not_repeated_to_who_sent_it(program: Program) -> None:
    answer = raw(program, b'{"contact": {"external_id": "canary id"}, "text": ["canary"]}')
    assert answer.status_code == 422
    assert b"canary" not in answer.content


def test_an_unknown_address_is_a_problem_too(program: Program) -> None:
    answer = program.ask("GET", "/nothing")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_every_answer_says_what_is_left(program: Program, settings: Settings) -> None:
    settings.BITP_API_PER_MINUTE = 60
    limits.forget_counts()
    lefts = []
    for _ in range(3):
        answer = program.ask("GET", "/token")
        assert answer["RateLimit-Policy"] == '"token";q=60;w=60'
        found = re.fullmatch(r'"token";r=(\d+);t=(\d+)', answer["RateLimit"])
        assert found is not None
        lefts.append(int(found.group(1)))
    assert lefts == [59, 58, 57]


def test_too_many_are_told_when_to_come_back(
    program: Program, erin: Member, settings: Settings
) -> None:
    settings.BITP_API_PER_MINUTE = 2
    limits.forget_counts()
    other = Program(erin)
    body = {"contact": {"external_id": "alice"}, "text": "Hello"}
    statuses = [program.ask("POST", "/conversations", body).status_code for _ in range(3)]
    assert statuses == [201, 201, 429]
    refused = program.ask("POST", "/conversations", body)
    problem = json.loads(refused.content)
    assert problem["code"] == "too_many"
    assert 0 < int(refused["Retry-After"]) <= 30
    assert problem["retry_s"] == int(refused["Retry-After"])
    assert refused["RateLimit"].startswith('"token";r=0;t=')
    assert Conversation.objects.count() == 2
    assert other.ask("GET", "/token").status_code == 200


def test_problems_are_said_in_the_language_of_who_reads_them(program: Program) -> None:
    english = json.loads(program.ask("GET", "/conversations/BP-2222-2222").content)["title"]
    chinese = program.ask("GET", "/conversations/BP-2222-2222", **{"Accept-Language": "zh-CN"})
    assert json.loads(chinese.content)["title"] != english
