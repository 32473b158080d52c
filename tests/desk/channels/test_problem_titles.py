"""What is refused is said in the language of whoever asked."""

from __future__ import annotations

import pytest
from django.test import Client

from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "The body was not understood."), ("zh-CN", "请求正文无法识别。")],
)
def test_a_refusal_is_worded_in_the_language_asked_for(
    site: Inbox, language: str, title: str
) -> None:
    answer = Client().post(
        "/chat/ticket", "{", content_type="application/json", HTTP_ACCEPT_LANGUAGE=language
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_body")
    assert answer.json()["title"] == title
    assert not Contact.objects.exists()
