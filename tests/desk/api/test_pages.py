"""Operators look after tokens at /console/tokens/."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from bitp.desk.api.changes import TOKENS_IN_USE_MAX, revoke_token
from bitp.desk.api.models import ApiToken
from bitp.desk.staff.changes import By
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.desk.api.programs import Program
from tests.people import make_member
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db

PAGE = {"accept": "text/html"}
TOKENS = "/console/tokens/"
WISH = {"name": "Nightly report", "scopes": ["conversations:read", "events:read"], "days": "90"}


@pytest.fixture
def office(erin: Member) -> Client:
    """Erin's browser, signed in."""
    return client_of(erin)


def text(client: Client, path: str = TOKENS) -> str:
    page = client.get(path, headers=PAGE)
    assert page.status_code == 200
    return page.content.decode()


def test_the_empty_list_says_what_would_be_here(office: Client) -> None:
    page = text(office)
    assert "No program has a token yet" in page
    assert 'aria-current="page">API tokens</a>' in page


def test_a_token_is_shown_once_and_works(office: Client, erin: Member) -> None:
    answer = office.post(TOKENS + "add", WISH, headers=PAGE)
    found = re.search(r"<code>(bitp_\w{6}_[\w-]{43})</code>", answer.content.decode())
    assert found is not None
    assert "no-store" in answer["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.owner, token.name) == (erin, "Nightly report")
    assert token.scope_names() == {"conversations:read", "events:read"}
    program = Program(erin)
    program.secret = found.group(1)
    assert program.ask("GET", "/conversations").status_code == 200
    assert program.ask("GET", "/agents").status_code == 403
    page = text(office)
    assert token.prefix in page
    assert found.group(1) not in page


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["everything"]}, {"days": "5"}]
)
def test_a_wish_that_is_not_clear_makes_nothing(office: Client, wrong: dict[str, object]) -> None:
    page = office.post(TOKENS + "add", {**WISH, **wrong}, headers=PAGE)
    assert "field-error" in page.content.decode()
    assert not ApiToken.objects.exists()
    assert not Event.objects.filter(kind="api_token.created").exists()


def test_revoking_is_one_press_and_is_shown(office: Client, program: Program) -> None:
    path = f"{TOKENS}{program.token.pk}/revoke"
    assert office.post(path, headers=PAGE).status_code == 302
    assert program.ask("GET", "/token").status_code == 401
    page = text(office)
    assert "revoked</span>" in page
    assert path not in page
    assert office.post(path, headers=PAGE).status_code == 404


def test_what_stands_in_the_list_says_how_each_token_stands(office: Client, erin: Member) -> None:
    used, over = Program(erin), Program(erin, days=30)
    used.ask("GET", "/token")
    ApiToken.objects.filter(pk=over.token.pk).update(expires_us=1)
    page = text(office)
    assert "last used" in page
    assert "never used" in page
    assert "expired</span>" in page
    assert "good until it is revoked" in page


def test_too_many_are_said_at_the_form(office: Client, erin: Member) -> None:
    programs = [Program(erin) for _ in range(TOKENS_IN_USE_MAX)]
    page = office.post(TOKENS + "add", WISH, headers=PAGE).content.decode()
    assert "Too many tokens" in page
    assert ApiToken.objects.count() == TOKENS_IN_USE_MAX
    revoke_token(programs[0].token.pk, By(erin))
    assert "shown this once" in office.post(TOKENS + "add", WISH, headers=PAGE).content.decode()


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_only_operators_may(program: Program, role: str) -> None:
    client = client_of(make_member("Carol", role))
    for method, path in (("get", ""), ("get", "add"), ("post", f"{program.token.pk}/revoke")):
        assert getattr(client, method)(TOKENS + path, headers=PAGE).status_code == 404
    assert program.ask("GET", "/token").status_code == 200


def test_a_name_is_only_text(office: Client) -> None:
    office.post(TOKENS + "add", {**WISH, "name": "<script>alert(1)</script>"}, headers=PAGE)
    assert "<script>alert(1)" not in text(office)
