"""A request sent twice is done once, whatever happens in between."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from bitp.desk.api import idempotency
from bitp.desk.api.errors import BadIdempotencyKey, KeyUsedOtherwise, StillRunning
from bitp.desk.api.idempotency import KEPT_US, Answer, answer_once, forget_old_answers
from bitp.desk.api.models import Answered, ApiToken
from bitp.desk.conversations.models import Conversation, Message
from bitp.events.models import Event, Job
from tests.desk.api.programs import Program
from tests.waiting import wait_for


def body_of(answer: HttpResponse) -> Any:
    return json.loads(answer.content)


NEW = {"contact": {"external_id": "alice"}, "text": "Hello"}


@pytest.mark.django_db
def test_the_same_key_opens_one_conversation(program: Program) -> None:
    first = program.ask("POST", "/conversations", NEW, "order-7")
    second = program.ask("POST", "/conversations", NEW, "order-7")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert (Conversation.objects.count(), Message.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_another_body_under_the_same_key_is_refused_and_nothing_is_done(program: Program) -> None:
    program.ask("POST", "/conversations", NEW, "order-7")
    answer = program.ask("POST", "/conversations", {**NEW, "text": "Bye"}, "order-7")
    assert (answer.status_code, body_of(answer)["code"]) == (422, "idempotency_mismatch")
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_one_token_and_one_address(program: Program) -> None:
    other = Program(program.token.owner)
    first = body_of(program.ask("POST", "/conversations", NEW, "k"))
    second = body_of(other.ask("POST", "/conversations", NEW, "k"))
    assert first["reference"] != second["reference"]
    for reference in (first["reference"], second["reference"]):
        path = f"/conversations/{reference}/messages"
        assert program.ask("POST", path, {"text": "Hello"}, "k").status_code == 201
    assert Message.objects.filter(author_kind="agent").count() == 2


@pytest.mark.django_db
def test_what_was_refused_may_be_tried_again_with_the_same_key(program: Program) -> None:
    path = f"/conversations/{program.open()['reference']}/assignee"
    assert program.ask("PUT", path, {"agent": 2**62}, "k").status_code == 404
    assert not Answered.objects.exists()
    assert program.ask("PUT", path, {"agent": program.token.owner_id}, "k").status_code == 200


@pytest.mark.django_db
def test_an_answer_is_repeated_for_a_day_but_nothing_is_ever_said_twice(program: Program) -> None:
    path = f"/conversations/{program.open()['reference']}/messages"
    first = program.ask("POST", path, {"text": "Hello"}, "k")
    Answered.objects.update(at_us=Answered.objects.get().at_us - KEPT_US)
    second = program.ask("POST", path, {"text": "Hello"}, "k")
    assert body_of(second) == body_of(first)
    assert Message.objects.count() == 2
    Answered.objects.update(at_us=0)
    other = program.ask("POST", path, {"text": "Something else"}, "k")
    assert (other.status_code, body_of(other)["code"]) == (422, "idempotency_mismatch")


@pytest.mark.django_db
def test_old_answers_are_forgotten_by_a_job(program: Program) -> None:
    idempotency._planned_hours.clear()
    program.ask("POST", "/conversations", NEW, "k")
    job = Job.objects.get(kind="api.forget_answers")
    assert job.due_us > Answered.objects.get().at_us + KEPT_US
    assert forget_old_answers() == 0
    Answered.objects.update(at_us=1)
    assert forget_old_answers() == 1


@pytest.mark.django_db
def test_what_is_kept_holds_no_secret_and_no_key(program: Program) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    path = f"/conversations/{program.open()['reference']}/messages"
    program.ask("POST", path, {"text": phrase, "note": True}, "the-key-itself")
    kept = json.dumps(list(Answered.objects.values()))
    assert "sausage" not in kept
    assert "the-key-itself" not in kept


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x" * 201, "é"])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    answer = program.ask("POST", "/conversations", NEW, key)
    assert (answer.status_code, body_of(answer)["code"]) == (400, "bad_idempotency_key")
    assert not Conversation.objects.exists()


def request_with(key: str, body: bytes = b"{}") -> Any:
    headers = {"Idempotency-Key": key}
    return RequestFactory().post("/", body, "application/json", headers=headers)


@pytest.mark.django_db(transaction=True)
def test_while_it_runs_the_same_key_is_told_to_wait() -> None:
    started, go_on = threading.Event(), threading.Event()
    done: list[Answer] = []

    def act() -> Answer:
        started.set()
        assert go_on.wait(30)
        return Answer(200, "{}")

    def first() -> None:
        done.append(answer_once(request_with("k"), "program:1", "POST /x", act))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert started.wait(30)
        with pytest.raises(StillRunning) as refused:
            answer_once(request_with("k"), "program:1", "POST /x", act)
        assert refused.value.headers["Retry-After"] == "1"
    finally:
        go_on.set()
        thread.join()
    assert answer_once(request_with("k"), "program:1", "POST /x", act).is_repeated
    assert [each.is_repeated for each in done] == [False]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_another_process_is_told_to_wait_too() -> None:
    started, go_on = threading.Event(), threading.Event()

    def act() -> Answer:
        started.set()
        assert go_on.wait(30)
        return Answer(200, "{}")

    def first() -> None:
        answer_once(request_with("k"), "program:1", "POST /x", act)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert started.wait(30)
        # Another process knows nothing of the keys that this one has in hand.
        held = set(idempotency._running)
        idempotency._running.clear()
        with pytest.raises(StillRunning):
            answer_once(request_with("k"), "program:1", "POST /x", act)
        idempotency._running.update(held)
    finally:
        go_on.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_failure_half_way_leaves_neither_change_nor_answer() -> None:
    def fail() -> Answer:
        ApiToken.objects.update(name="changed")
        Answered.objects.create(key="x", asked="x", status=200, body="", at_us=1)
        raise RuntimeError("the process dies")

    with pytest.raises(RuntimeError):
        answer_once(request_with("k"), "program:1", "POST /x", fail)
    assert not Answered.objects.exists()
    done = answer_once(request_with("k"), "program:1", "POST /x", lambda: Answer(200, "{}"))
    assert not done.is_repeated


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_are_done_once(program: Program) -> None:
    path = f"/conversations/{program.open()['reference']}/messages"
    ready = threading.Barrier(20)
    statuses: list[int] = []

    def send() -> None:
        ready.wait(30)
        statuses.append(program.ask("POST", path, {"text": "Once"}, "k").status_code)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(statuses) <= {201, 409}
    assert wait_for(lambda: 201 in statuses)
    assert Message.objects.filter(text="Once").count() == 1
    assert Event.objects.filter(kind="message.posted").count() == 2


@pytest.mark.django_db
def test_the_rules_of_the_key_itself() -> None:
    factory = RequestFactory()
    assert idempotency.read_key(factory.post("/")) == ""
    assert idempotency.read_key(request_with("abc ~")) == "abc ~"
    with pytest.raises(BadIdempotencyKey):
        idempotency.read_key(request_with(""))
    answer_once(request_with("k", b"1"), "a", "POST /x", lambda: Answer(200, "{}"))
    with pytest.raises(KeyUsedOtherwise):
        answer_once(request_with("k", b"2"), "a", "POST /x", lambda: Answer(200, "{}"))
