"""The console's calls: who may search where, and what is kept of a wider search."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation
from bitp.desk.search import queries
from bitp.desk.search.models import Widening
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.people import make_customer, make_member, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db

DATA: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}
FIND, WIDEN, WIDE = (
    "/console/data/search",
    "/console/data/search/widen",
    "/console/data/search/wide",
)
REASON = "Police request 2231 about this address"


@pytest.fixture
def dave(db: None) -> Member:
    return make_member("Dave", "supervisor")


@pytest.fixture
def hidden(alice: Contact, monkeypatch: pytest.MonkeyPatch) -> str:
    """A conversation in nobody's queue."""
    reference = say(alice, "deposit of Alice").reference
    monkeypatch.setattr(
        queries, "for_member", lambda member: Conversation.objects.exclude(reference=reference)
    )
    return reference


def post(client: Client, path: str, body: object) -> Any:
    return client.post(path, body, content_type="application/json", **DATA)


def facts() -> list[Event]:
    return list(Event.objects.filter(kind__startswith="search.").order_by("pk"))


def test_an_answer_has_results_with_snippets(carol: Member, alice: Contact) -> None:
    reference = say(alice, "my deposit is missing").reference
    answer = client_of(carol).get(FIND, {"words": "deposit"}, **DATA).json()
    [result] = answer["results"]
    assert result["conversation"]["reference"] == reference
    assert result["conversation"]["contact"]["name"] == "Alice"
    assert result["message"]["snippet"] == [
        {"text": "my ", "hit": False},
        {"text": "deposit", "hit": True},
        {"text": " is missing", "hit": False},
    ]
    assert (answer["after"], answer["filling"], answer["has_words"]) == ("", False, True)


def test_what_cannot_be_searched_for_is_said(carol: Member) -> None:
    client = client_of(carol)
    long = client.get(FIND, {"words": "x" * 201}, **DATA)
    assert (long.status_code, long.json()["code"]) == (400, "search_too_long")
    bad = client.get(FIND, {"words": "x", "topic": "y"}, **DATA)
    assert (bad.status_code, bad.json()["code"]) == (400, "bad_filter")
    assert client.get(FIND, {"words": "?"}, **DATA).json()["has_words"] is False


def test_customers_and_strangers_find_nothing(alice: Contact) -> None:
    say(alice, "deposit")
    for person in (None, alice, make_customer("Mallory")):
        answer = client_of(person).get(FIND, {"words": "deposit"}, **DATA)
        assert answer.status_code == 401
        assert b"deposit" not in answer.content


def test_a_supervisor_searches_everything_for_a_reason_and_it_is_recorded(
    dave: Member, hidden: str
) -> None:
    client = client_of(dave)
    assert client.get(FIND, {"words": "deposit"}, **DATA).json()["results"] == []
    refused = post(client, WIDE, {"words": "deposit"})
    assert (refused.status_code, refused.json()["code"]) == (409, "not_widened")
    assert facts() == []
    assert post(client, WIDEN, {"reason": REASON}).status_code == 200
    answer = post(client, WIDE, {"words": "deposit"}).json()
    assert [each["conversation"]["reference"] for each in answer["results"]] == [hidden]
    widened, ran = facts()
    assert (widened.kind, ran.kind) == ("search.widened", "search.ran_wide")
    assert (ran.actor_kind, ran.actor) == ("staff", str(dave.pk))
    assert '"found":1' in ran.data
    assert widened.digest
    assert ran.digest != widened.digest
    # Neither the reason nor the words are in the log; the reason is beside it.
    assert not any("Police" in each.data or "deposit" in each.data for each in facts())
    assert Widening.objects.get().reason == REASON


@pytest.mark.parametrize("reason", ["", "because", " " * 40, "x" * 301])
def test_without_a_reason_nothing_is_widened(dave: Member, reason: str) -> None:
    answer = post(client_of(dave), WIDEN, {"reason": reason})
    assert (answer.status_code, answer.json()["code"]) == (400, "needs_reason")
    assert not Widening.objects.exists()
    assert facts() == []


def test_an_agent_cannot_widen(carol: Member, hidden: str) -> None:
    client = client_of(carol)
    assert post(client, WIDEN, {"reason": REASON}).status_code == 404
    assert post(client, WIDE, {"words": "deposit"}).status_code == 404
    assert not Widening.objects.exists()
    assert facts() == []


def test_a_wider_search_ends_and_is_nobody_elses(dave: Member, hidden: str) -> None:
    other = make_member("Erin", "supervisor")
    assert post(client_of(dave), WIDEN, {"reason": REASON}).status_code == 200
    assert post(client_of(other), WIDE, {"words": "deposit"}).status_code == 409
    Widening.objects.update(until_us=1)
    assert post(client_of(dave), WIDE, {"words": "deposit"}).status_code == 409
    assert [each.kind for each in facts()] == ["search.widened"]


@pytest.mark.parametrize("body", ["[]", "1", "{", '{"words": 1, "topic": ["x"]}', "x" * 9_000])
def test_a_body_that_is_none_is_refused(dave: Member, body: str) -> None:
    client = client_of(dave)
    post(client, WIDEN, {"reason": REASON})
    for path in (WIDEN, WIDE):
        answer = client.generic("POST", path, body, "application/json", **DATA)
        assert answer.status_code == 400, path
