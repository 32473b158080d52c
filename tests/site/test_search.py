"""Searching the guide, in both languages, whatever is typed."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from bitp.site.guide.pages import PAGES
from bitp.site.guide.search import find_pages, tokens

LOCKED, SAFE, MONEY, PRICE, PRIVACY, TALK = (page.slug for page in PAGES)


def found(query: str, language: str = "zh-hans") -> list[str]:
    return [text.page.slug for text in find_pages(query, language)]


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("锁定", LOCKED),
        ("密码忘记了怎么办", LOCKED),
        ("登不上", LOCKED),
        ("钓鱼", SAFE),
        ("充值", MONEY),
        ("提现没收到", MONEY),
        ("TXID", MONEY),
        ("申诉", PRICE),
        ("挂错", PRICE),
        ("隐私", PRIVACY),
        ("投诉", TALK),
        ("locked", LOCKED),
        ("I forgot my password", LOCKED),
        ("phishing", SAFE),
        ("deposit missing", MONEY),
        ("appeal", PRICE),
        ("erase my data", PRIVACY),
        ("complaint", TALK),
        ("ＴＸＩＤ", MONEY),
    ],
)
def test_words_in_either_language_lead_to_their_page(query: str, slug: str) -> None:
    assert found(query)[0] == slug
    assert found(query, "en")[0] == slug


def test_texts_come_in_the_language_asked_for() -> None:
    assert find_pages("locked", "zh-hans")[0].title == "账户被锁定，怎样找回"
    assert find_pages("锁定", "en")[0].title.startswith("Locked out")


@pytest.mark.parametrize("query", ["", " ", "。，！", "怎么办", "qwertyqwerty", "\x00", "%_'\"\\"])
def test_nothing_is_found_for_nothing(query: str) -> None:
    assert found(query) == []


def test_han_is_cut_into_pairs_and_other_words_are_kept_whole() -> None:
    assert tokens("充值TXID没到 Ab-1") == ["充值", "txid", "没到", "ab", "1"]
    assert tokens("锁") == ["锁"]


@given(st.text(max_size=400), st.sampled_from(["zh-hans", "en"]))
def test_no_text_breaks_the_search(query: str, language: str) -> None:
    assert len(find_pages(query, language)) <= len(PAGES)


def test_a_huge_question_costs_no_more_than_its_beginning() -> None:
    start = time.perf_counter()
    found("锁定" * 500_000)
    assert time.perf_counter() - start < 1


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ settings.SECRET_KEY }}",
    "{% debug %}",
    "\u202e\u2066evil\u200b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "' OR 1=1 --",
    "a\r\nSet-Cookie: x=1",
    "\x01\x02",
    "长" * 5000,
]


@pytest.mark.django_db
@pytest.mark.parametrize("query", HOSTILE)
def test_hostile_input_is_shown_as_text_or_not_at_all(query: str, english: Client) -> None:
    response = english.get("/support", {"q": query})
    assert response.status_code == 200
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "onerror=alert(1)>" not in page
    assert "x" not in response.cookies
    assert "长" * 101 not in page


@pytest.mark.django_db
def test_an_odd_query_string_is_no_error(english: Client) -> None:
    assert english.get("/support?q=%ff%fe&q=1&page=-1").status_code == 200
