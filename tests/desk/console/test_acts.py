"""Take, release, resolve, reopen, topic: done once by who may, refused with a sentence else."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from bitp.desk.channels.chat.subjects import read_ticket
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation
from bitp.events.models import Event
from bitp.identity.sessions import ACTIVE_US
from tests.desk.console.conftest import DATA, Console
from tests.identity.signing_in import age
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db

ACTS = ["take", "release", "resolve", "reopen", "topic"]


def state(reference: str) -> tuple[str, str, int | None]:
    row = Conversation.objects.get(reference=reference)
    return row.status, row.topic, row.assignee_id


def test_carol_takes_it_and_the_answer_says_so(carol: Console, waiting: str) -> None:
    answer = carol.act(waiting, "take")
    assert answer.status_code == 200
    assert answer.json()["conversation"]["assignee"] == {"id": carol.member.pk, "name": "Carol"}
    assert state(waiting)[2] == carol.member.pk


def test_who_is_second_is_told_and_changes_nothing(
    carol: Console, dave: Console, waiting: str
) -> None:
    carol.act(waiting, "take")
    events = Event.objects.count()
    answer = dave.act(waiting, "take")
    assert (answer.status_code, answer.json()["code"]) == (409, "already_taken")
    assert answer.json()["title"] == "A colleague has already taken this conversation."
    assert state(waiting)[2] == carol.member.pk
    assert Event.objects.count() == events


def test_released_it_waits_again(carol: Console, waiting: str) -> None:
    carol.act(waiting, "take")
    row = carol.act(waiting, "release").json()["conversation"]
    assert row["assignee"] is None
    assert row["waiting_since_us"] > 0
    assert carol.lists(view="waiting")["counts"]["waiting"] == 1


def test_resolved_and_reopened(carol: Console, waiting: str) -> None:
    assert carol.act(waiting, "resolve").json()["conversation"]["status"] == "resolved"
    assert carol.act(waiting, "reopen").json()["conversation"]["status"] == "open"


def test_the_topic_is_corrected(carol: Console, waiting: str) -> None:
    answer = carol.act(waiting, "topic", {"topic": "withdrawal"})
    assert answer.json()["conversation"]["topic"] == "withdrawal"
    assert state(waiting)[1] == "withdrawal"


@pytest.mark.parametrize(
    "body",
    ["", "[]", "null", "{", '{"topic": 3}', '{"topic": "nonsense"}', '"order"', "9" * 3000],
)
def test_a_bad_topic_changes_nothing(carol: Console, waiting: str, body: str) -> None:
    before = state(waiting)
    answer = carol.client.post(
        f"/console/data/c/{waiting}/topic", body, content_type="application/json", **DATA
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_topic")
    assert state(waiting) == before


def test_what_was_done_names_who_and_in_which_session(carol: Console, waiting: str) -> None:
    carol.act(waiting, "take")
    fact = Event.objects.get(kind="conversation.assigned")
    assert (fact.actor_kind, fact.actor) == ("staff", str(carol.member.pk))
    assert fact.actor_session


@pytest.mark.parametrize("name", ACTS)
def test_a_stranger_does_nothing(alice: Contact, waiting: str, name: str) -> None:
    before, events = state(waiting), Event.objects.count()
    for client in (Client(), client_of(alice)):
        events = Event.objects.count()
        answer = client.post(f"/console/data/c/{waiting}/{name}", **DATA)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert state(waiting) == before
    assert Event.objects.count() == events


@pytest.mark.parametrize("name", ACTS)
def test_a_locked_console_does_nothing(carol: Console, waiting: str, name: str) -> None:
    age(carol.client, ACTIVE_US, 16 * 60)
    before = state(waiting)
    answer = carol.act(waiting, name, {"topic": "order"})
    assert (answer.status_code, answer.json()["code"]) == (401, "locked")
    assert state(waiting) == before


@pytest.mark.parametrize("name", ACTS)
def test_nothing_happens_by_a_link_or_another_sites_form(
    carol: Console, waiting: str, name: str
) -> None:
    before = state(waiting)
    path = f"/console/data/c/{waiting}/{name}"
    assert carol.client.get(path, **DATA).status_code == 405
    carol.client.handler.enforce_csrf_checks = True
    assert carol.act(waiting, name, {"topic": "order"}).status_code == 403
    assert state(waiting) == before


def test_the_ticket_opens_the_line_as_this_member(carol: Console) -> None:
    answer = carol.client.post("/console/ticket", **DATA)
    subject = read_ticket(answer.json()["ticket"])
    assert (subject.key, subject.kind, subject.name) == (
        f"staff:{carol.member.pk}",
        "staff",
        "Carol",
    )
    assert subject.session
    assert answer.json()["subject"] == {"id": carol.member.pk, "name": "Carol", "role": "agent"}


def test_after_unlocking_the_page_learns_its_new_token(carol: Console) -> None:
    answer = carol.get("/console/data/me")
    assert answer["me"]["id"] == carol.member.pk
    assert len(json.dumps(answer["csrf"])) > 60
