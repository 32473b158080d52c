"""What went wrong is said plainly, to people and to programs."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.utils import translation

from bitp.site import errors
from tests.people import make_member
from tests.signing_in import client_of
from tests.site.conftest import BROWSER


@pytest.fixture
def asked() -> HttpRequest:
    return RequestFactory().get("/secret", **BROWSER)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/nothing-here", "/support/guide/nothing", "/support/guide/"])
def test_an_unknown_address_offers_a_person(address: str, english: Client) -> None:
    response = english.get(address)
    assert response.status_code == 404
    assert b"data-bitp-open" in response.content


@pytest.mark.django_db
def test_forbidden_looks_like_not_found(english: Client) -> None:
    request = english.get("/nothing-here").wsgi_request
    forbidden = errors.not_found(request, PermissionDenied("Alice's"))
    missing = errors.not_found(request, Http404())
    assert forbidden.status_code == missing.status_code == 404
    hide = "csrfmiddlewaretoken"
    lines = [
        [line for line in answer.content.decode().splitlines() if hide not in line]
        for answer in (forbidden, missing)
    ]
    assert lines[0] == lines[1]


def test_a_failure_is_said_without_the_database_or_a_session(asked: HttpRequest) -> None:
    # No database mark: pytest-django fails this test on any query.
    with translation.override("en"):
        response = errors.server_error(asked)
    assert response.status_code == 500
    page = response.content.decode()
    assert "Something failed on our side" in page
    assert 'href="/support#chat"' in page


def test_a_failure_names_the_ways_that_work_without_us(
    asked: HttpRequest, settings: object
) -> None:
    settings.BITP_SUPPORT_CHANNELS = {"email": "help@bitp.example"}  # type: ignore[attr-defined]
    page = errors.server_error(asked).content.decode()
    assert 'href="mailto:help@bitp.example"' in page


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (400, lambda request: errors.bad_request(request, Exception())),
        (404, lambda request: errors.not_found(request, Exception())),
        (500, errors.server_error),
        (403, errors.csrf_failure),
    ],
)
def test_a_program_is_answered_with_problem_details(status: int, answer: object) -> None:
    response = answer(RequestFactory().get("/api", HTTP_ACCEPT="application/json"))  # type: ignore[operator]
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_a_form_from_elsewhere_is_refused_in_words(english: Client) -> None:
    strict = Client(enforce_csrf_checks=True, HTTP_ACCEPT_LANGUAGE="en", **BROWSER)
    response = strict.post("/theme", {"theme": "dark"})
    assert response.status_code == 403
    assert b"Please send it again" in response.content
    assert "bitp_theme" not in response.cookies


@pytest.mark.django_db
@pytest.mark.parametrize("person", [None, "agent"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_the_console_s_errors_stand_in_the_staff_s_frame(person: str | None, method: str) -> None:
    """No such page, and a form without its token."""
    client = client_of(make_member("Carol", person) if person else None)
    client.handler.enforce_csrf_checks = True
    path = "/console/nothing-here" if method == "get" else "/console/sign-in"
    answer = getattr(client, method)(path, **BROWSER, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == {"get": 404, "post": 403}[method]
    page = answer.content.decode()
    assert "entrance-header" in page
    assert 'href="/console/"' in page
    for customers in ("/widget.js", "data-bitp-open", 'href="/support', "account_login"):
        assert customers not in page


@pytest.mark.django_db
def test_what_a_role_does_not_reach_looks_the_same() -> None:
    client = client_of(make_member("Carol"))
    answers = [client.get(f"/console/{each}", **BROWSER) for each in ("staff/", "nothing-here")]
    pages = [re.sub(r'value="[^"]*"', "", answer.content.decode()) for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert pages[0] == pages[1]
