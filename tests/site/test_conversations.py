"""My conversations: the customer's own, and nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client

from bitp.desk.conversations.queries import SHOWN_TO_CONTACT
from bitp.desk.staff.models import Member
from bitp.identity.models import User
from tests.site.conftest import writes

ADDRESS = "/support/conversations"

pytestmark = pytest.mark.django_db


def test_a_visitor_is_told_where_theirs_are_and_sees_none(english: Client, alice: User) -> None:
    reference = writes(alice, "Where is my deposit?")
    page = english.get(ADDRESS).content.decode()
    assert "Written in this browser" in page
    assert "/account/login/?next=/support/conversations" in page
    assert reference not in page
    assert "deposit?" not in page


def test_a_customer_sees_their_own_and_nobody_else_s(
    as_alice: Client, alice: User, bob: User
) -> None:
    mine, other = writes(alice, "Where is my deposit?"), writes(bob, "Bob's words")
    for address in (ADDRESS, "/"):
        page = as_alice.get(address).content.decode()
        assert f'data-bitp-open data-conversation="{mine}"' in page
        assert "Where is my deposit?" in page
        assert other not in page
        assert "Bob's words" not in page


def test_staff_have_no_conversations_here(english: Client, carol: Member, alice: User) -> None:
    reference = writes(alice, "Where is my deposit?")
    english.force_login(carol.user)
    for address in (ADDRESS, "/"):
        assert reference not in english.get(address).content.decode()


def test_none_yet_says_what_would_be_here_and_the_first_step(as_alice: Client) -> None:
    page = as_alice.get(ADDRESS).content.decode()
    assert "No conversations yet" in page
    assert 'data-bitp-open data-topic="other"' in page
    assert 'name="q"' not in page


def test_a_word_or_a_reference_finds_one(as_alice: Client, alice: User) -> None:
    deposit, other = writes(alice, "充值还没到账"), writes(alice, "Something about orders")
    for query in ("到账", deposit):
        page = as_alice.get(ADDRESS, {"q": query}).content.decode()
        assert deposit in page
        assert f'data-conversation="{other}"' not in page
    assert "Nothing found" in as_alice.get(ADDRESS, {"q": "zzz"}).content.decode()


def test_a_search_never_reaches_somebody_else_s(as_alice: Client, bob: User) -> None:
    reference = writes(bob, "Bob's words")
    for query in ("Bob", reference, "%", "_"):
        page = as_alice.get(ADDRESS, {"q": query}).content.decode()
        assert f'data-conversation="{reference}"' not in page


def test_more_than_a_page_is_turned(as_alice: Client, alice: User) -> None:
    for number in range(SHOWN_TO_CONTACT + 1):
        writes(alice, f"Message {number}")
    first, second = (as_alice.get(ADDRESS, {"page": number}).content.decode() for number in (1, 2))
    assert first.count("data-conversation=") == SHOWN_TO_CONTACT
    assert second.count("data-conversation=") == 1
    assert "Page 1 of 2" in first
    assert 'rel="next" href="?page=2"' in first
    assert 'rel="prev" href="?page=1"' in second


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "２", "1e3"])
def test_an_odd_page_number_is_no_error(number: str, as_alice: Client, alice: User) -> None:
    writes(alice, "One")
    response = as_alice.get(ADDRESS, {"page": number, "q": "One"})
    assert response.status_code == 200
    assert "data-conversation=" in response.content.decode()


def test_markup_in_a_message_is_only_text(as_alice: Client, alice: User) -> None:
    writes(alice, "<script>alert(1)</script> \u202eمرحبا")
    page = as_alice.get(ADDRESS).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
