"""What the index holds of a text, and what a query asks of it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitp.desk.search.errors import TooLong
from bitp.desk.search.terms import QUERY_CHARACTERS_MAX, TERMS_MAX, read_terms
from bitp.desk.search.tokens import WORD_CHARACTERS_MAX, tokens_of

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Where is my Deposit?", "where is my deposit"),
        ("充值没到", "充值 值没 没到 到"),
        ("我的BTC没到", "我的 的 btc 没到 到"),
        ("ＢＴＣ　１２", "btc 12"),
        ("BP-7K3M-Q2XD", "bp 7k3m q2xd"),
        ("alice@example.com", "alice example com"),
        ("snake_case", "snake case"),
        ("链", "链"),
        ("カタカナ", "カタ タカ カナ ナ"),
        ("안녕하세요 여러분", "안녕하세요 여러분"),
        ("Größe ÉTÉ", "größe été"),
        ("…?! 👍", ""),
        ("my phrase ⟦removed:seed_phrase:71⟧ is it", "my phrase is it"),
    ],
)
def test_a_text_has_these_tokens(text: str, tokens: str) -> None:
    assert tokens_of(text) == tokens


def test_an_endless_word_is_cut() -> None:
    assert tokens_of("x" * 8_000) == "x" * WORD_CHARACTERS_MAX


@given(st.text(max_size=200))
def test_no_text_has_a_token_that_a_mark_could_be(text: str) -> None:
    tokens = tokens_of(text).split(" ")
    assert not any("_" in token or '"' in token or "'" in token for token in tokens)
    assert not any(" " in token or ":" in token or "*" in token for token in tokens)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("deposit", [(("deposit",), True)]),
        ("de", [(("de",), False)]),
        ('"my deposit"', [(("my", "deposit"), False)]),
        ("“我的充值”", [(("我的", "的充", "充值"), False)]),
        ("充值", [(("充值",), False)]),
        ("充", [(("充",), True)]),
        ("没有到账", [(("没有", "有到", "到账"), False)]),
        ("充值btc", [(("充值",), False), (("btc",), True)]),
        ("BP-7K3M-Q2", [(("bp", "7k3m", "q2"), True)]),
        ("a@b.example", [(("a", "b", "example"), True)]),
        ('"充值 BTC"', [(("充值", "值", "btc"), False)]),
        ('my "open end', [(("my",), False), (("open",), True), (("end",), True)]),
        ("again again", [(("again",), True)]),
        ("?! _", []),
        ("", []),
    ],
)
def test_a_query_means_these_terms(query: str, terms: list[tuple[tuple[str, ...], bool]]) -> None:
    assert [(term.tokens, term.goes_on) for term in read_terms(query)] == terms


@pytest.mark.parametrize(
    "query",
    ["x" * (QUERY_CHARACTERS_MAX + 1), " ".join(f"w{n}" for n in range(TERMS_MAX + 1))],
)
def test_too_long_a_query_is_refused(query: str) -> None:
    with pytest.raises(TooLong):
        read_terms(query)


@given(st.text(st.sampled_from("aZ1充值、。‘“”…！（），：；？ é①ﬁＡ\u0301"), max_size=60))
def test_what_is_spared_the_unifying_would_not_change_by_it(text: str) -> None:
    unified = unicodedata.normalize("NFKC", text)
    assert tokens_of(text) == tokens_of(unified)
