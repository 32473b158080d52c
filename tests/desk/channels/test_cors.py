"""Which sites' pages may call the chat, and read its answers."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from tests.desk.channels.conftest import HOST, ask, enter

pytestmark = pytest.mark.django_db(transaction=True)

ALLOWED = "Access-Control-Allow-Origin"
STRANGERS = [
    "https://evil.example",
    "http://shop.example.com",
    "https://shop.example.com:8443",
    "https://shop.example.com.evil.example",
    "https://hop.example.com",
    "null",
]


def preflight(origin: str, path: str = "/chat/ticket") -> dict[str, str]:
    headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    return dict(Client().options(path, headers=headers).items())


def test_a_listed_page_may_ask_and_read(shop: Inbox) -> None:
    assert preflight(HOST)[ALLOWED] == HOST
    answer = ask("/chat/ticket", {"inbox": "shop"}, origin=HOST)
    assert (answer.status_code, answer[ALLOWED]) == (200, HOST)
    assert "Origin" in answer["Vary"]
    # No cookie goes either way.
    assert "Access-Control-Allow-Credentials" not in answer
    assert not answer.cookies


@pytest.mark.parametrize("origin", STRANGERS)
def test_a_page_that_is_not_listed_gets_nothing_and_does_nothing(shop: Inbox, origin: str) -> None:
    answer = ask("/chat/ticket", {"inbox": "shop"}, origin=origin)
    assert answer.status_code == 403
    assert ALLOWED not in answer
    assert ALLOWED not in preflight(origin)
    assert not Contact.objects.exists()


def test_one_inboxs_page_may_not_use_another_inbox(shop: Inbox, site: Inbox) -> None:
    answer = ask("/chat/ticket", {"inbox": "site"}, origin=HOST)
    assert answer.status_code == 403
    assert ALLOWED not in answer
    assert not Contact.objects.exists()


def test_a_listed_page_loses_the_right_when_it_is_taken_off_the_list(shop: Inbox) -> None:
    access = enter("shop", origin=HOST)["access"]
    path = "/chat/conversations/BP-2222-2222"
    assert ask(path, origin=HOST, access=access).status_code == 404
    shop.origins = ""
    shop.save()
    answer = ask(path, origin=HOST, access=access)
    assert answer.status_code == 403
    assert ALLOWED not in answer


def test_problems_can_be_read_by_listed_pages_only(shop: Inbox) -> None:
    path = "/chat/conversations/BP-2222-2222"
    assert ask(path, origin=HOST)[ALLOWED] == HOST
    assert ALLOWED not in ask(path, origin="https://evil.example")
    assert ask("/chat/availability?inbox=shop", origin=HOST)[ALLOWED] == HOST


def test_our_own_pages_need_no_list(site: Inbox) -> None:
    answer = ask("/chat/ticket", {"inbox": "site"}, origin=settings.ORIGIN)
    assert answer.status_code == 200
    assert ALLOWED not in answer


def test_the_widgets_files_are_for_every_site(site: Inbox) -> None:
    for path in ("/widget.js", "/widget/app.js", "/widget/en.js", "/widget/widget.css"):
        answer = Client().get(path)
        assert (answer.status_code, answer[ALLOWED]) == (200, "*"), path
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert not answer.cookies
    assert Client().get("/widget/loader.js").status_code == 404
