"""Headers of every page: what it may load, who may show it, that nobody keeps it."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db

PAGES = ["/account/login/", "/console/sign-in", "/account/signup/"]


def policy_of(client: Client, path: str) -> dict[str, str]:
    header = client.get(path).headers["Content-Security-Policy"]
    rules = (rule.strip().partition(" ") for rule in header.split(";"))
    return {name: sources for name, _, sources in rules}


@pytest.mark.parametrize("path", PAGES)
def test_scripts_and_styles_come_from_here_and_never_inline(client: Client, path: str) -> None:
    rules = policy_of(client, path)
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert "unsafe" not in str(rules)


def test_sockets_reach_this_host_only(client: Client) -> None:
    rules = policy_of(client, PAGES[0])
    assert rules["connect-src"] == "'self' ws://testserver wss://testserver"


def test_a_forged_host_does_not_get_into_the_policy(client: Client) -> None:
    for forged in ("mallory.example", "a; script-src *", "a b", "é", "*"):
        answer = client.get(PAGES[0], HTTP_HOST=forged)
        assert answer.status_code == 400
        assert "ws://localhost:8000 wss" in answer.headers["Content-Security-Policy"]


def test_no_other_page_shows_ours_in_a_frame(client: Client) -> None:
    assert policy_of(client, PAGES[0])["frame-ancestors"] == "'none'"
    assert client.get(PAGES[0]).headers["X-Frame-Options"] == "DENY"


def test_the_demo_shows_its_own_pages_side_by_side(client: Client, settings: Settings) -> None:
    settings.IS_DEMO = True
    assert policy_of(client, PAGES[0])["frame-ancestors"] == "'self'"


@pytest.mark.parametrize("path", PAGES)
def test_nobody_keeps_a_personal_page(client: Client, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_also_not_an_answer_of_the_console_that_refuses(client: Client) -> None:
    for path in ("/console/keys/", "/console/nothing-here"):
        assert "no-store" in client.get(path).headers["Cache-Control"]


def test_a_page_without_anybody_in_it_may_be_kept(client: Client) -> None:
    assert "no-store" not in client.get("/healthz").headers.get("Cache-Control", "")


def test_the_remaining_headers(client: Client) -> None:
    headers = client.get(PAGES[0]).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
