"""The language of a page: chosen, else one's own, else the browser's."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from bitp.identity.models import User
from tests.identity.signing_in import PAGE, sign_in_customer, sign_in_staff
from tests.people import make_customer, make_member

pytestmark = pytest.mark.django_db

PATH = "/account/signup/"


def language(client: Client, accepts: str = "", path: str = PATH) -> str:
    headers = {"Accept-Language": accepts} if accepts else {}
    return str(client.get(path, headers=headers).headers["Content-Language"])


@pytest.mark.parametrize(
    ("accepts", "spoken"),
    [
        ("zh", "zh-hans"),
        ("zh-CN", "zh-hans"),
        ("zh-TW,zh;q=0.9", "zh-hans"),
        ("zh-HK", "zh-hans"),
        ("zh-Hant-TW", "zh-hans"),
        ("zh-SG, en;q=0.5", "zh-hans"),
        ("en-GB", "en"),
        ("de, fr", "en"),
        ("de, zh;q=0.5, en;q=0.4", "zh-hans"),
        ("", "en"),
        ("x" * 5000, "en"),
        ("zh;q=abc", "en"),
    ],
)
def test_the_browsers_wish_decides_for_a_stranger(
    client: Client, accepts: str, spoken: str
) -> None:
    assert language(client, accepts) == spoken


def test_a_choice_in_this_browser_comes_first(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert language(client, "zh-CN") == "en"


def test_a_choice_nobody_offered_is_ignored(client: Client) -> None:
    for odd in ("tlh", "../../etc", "", "zh" * 400):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = odd
        assert language(client, "zh-CN") == "zh-hans"


def test_a_signed_in_person_gets_their_own(client: Client) -> None:
    alice = User.objects.get(pk=int(make_customer("Alice").customer))
    alice.language = "zh-hans"
    sign_in_customer(client, alice)
    assert language(client, "en") == "zh-hans"


def test_so_does_a_member_of_the_staff(client: Client) -> None:
    carol = make_member("Carol")
    carol.user.language = "zh-hans"
    carol.user.save()
    sign_in_staff(client, carol)
    answer = client.get("/console/keys/", **PAGE, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.headers["Content-Language"] == "zh-hans"
    assert 'lang="zh-hans"' in answer.content.decode()


def test_staff_choose_on_their_own_pages(client: Client) -> None:
    form = {"language": "zh-hans", "next": "/console/sign-in"}
    answer = client.post("/console/sign-in/language", form)
    assert answer.headers["Location"] == "/console/sign-in"
    assert language(client, "en", "/console/sign-in") == "zh-hans"


def test_the_choice_leads_to_no_other_site(client: Client) -> None:
    form = {"language": "en", "next": "https://mallory.example/"}
    answer = client.post("/console/sign-in/language", form)
    assert "mallory" not in answer.headers["Location"]
