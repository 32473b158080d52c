"""The console's page: for staff only, and with its first data."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bitp.desk.contacts.models import Contact
from tests.desk.console.conftest import PAGE, Console
from tests.people import say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db

FIRST = re.compile(r'<script id="first" type="application/json">(.*?)</script>', re.DOTALL)


def first_data(page: str) -> dict[str, Any]:
    found = FIRST.search(page)
    assert found is not None
    return dict(json.loads(found[1]))


def test_a_visitor_is_led_to_the_sign_in_and_sees_nothing(waiting: str) -> None:
    answer = Client().get(f"/console/c/{waiting}", **PAGE)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/console/sign-in?next=%2Fconsole%2Fc%2F{waiting}"
    assert answer.content == b""


def test_a_customer_is_a_visitor_here(waiting: str, alice: Contact) -> None:
    answer = client_of(alice).get("/console/", **PAGE)
    assert answer.headers["Location"].startswith("/console/sign-in")


def test_carol_sees_who_waits_in_the_first_answer(carol: Console, waiting: str) -> None:
    first = first_data(carol.page())
    assert first["me"] == {"id": carol.member.pk, "name": "Carol", "role": "agent"}
    assert first["view"] == "waiting"
    rows = first["lists"]["waiting"]["conversations"]
    assert [row["reference"] for row in rows] == [waiting]
    assert rows[0]["last_text"] == "My deposit is missing"
    assert first["lists"]["mine"]["conversations"] == []


def test_a_link_to_a_conversation_opens_it_among_her_own(carol: Console, waiting: str) -> None:
    first = first_data(carol.page(f"/console/c/{waiting}"))
    assert first["conversation"] == waiting
    assert first["view"] == "mine"


def test_an_unknown_view_is_the_waiting_one(carol: Console) -> None:
    assert first_data(carol.page("/console/?view=<script>"))["view"] == "waiting"
    assert first_data(carol.page("/console/?view=resolved"))["view"] == "resolved"


def test_the_page_needs_no_inline_script_or_style(carol: Console, alice: Contact) -> None:
    say(alice, "</script><script>alert(1)</script>")
    page = carol.page()
    scripts = re.findall(r"<script\b([^>]*)>", page)
    assert all('src="' in script or 'type="application/json"' in script for script in scripts)
    assert "alert(1)</script>" not in page
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)


def test_the_page_speaks_both_languages(carol: Console) -> None:
    english = carol.page()
    carol.client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    chinese = carol.page()
    assert '<html lang="zh-hans"' in chinese
    assert first_data(chinese)["strings"].endswith("console/strings/zh-hans.js")
    assert "待接待" in chinese
    assert "Waiting" in english


def test_nobody_keeps_the_page(carol: Console) -> None:
    answer = carol.client.get("/console/", **PAGE)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
