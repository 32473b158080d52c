"""Where a message was found: pieces of text, never HTML, never a secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitp.desk.search.snippets import SNIPPET_CHARACTERS, snippet_of
from bitp.desk.search.terms import read_terms

pytestmark = pytest.mark.once


def hits(text: str, query: str) -> list[str]:
    return [each["text"] for each in snippet_of(text, read_terms(query)) if each["hit"]]


def whole(text: str, query: str) -> str:
    return "".join(each["text"] for each in snippet_of(text, read_terms(query)))


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("My Deposit is missing", "dep", ["Deposit"]),
        ("My Deposit is missing", "deposit missing", ["Deposit", "missing"]),
        ("redeposit deposit", "deposit", ["deposit"]),
        ("a deposits deposit", '"deposit"', ["deposit"]),
        ("我昨天充值没到", "充值", ["充值"]),
        ("充值了充值", "充", ["充", "充"]),
        ("ＢＴＣ 充值", "btc充值", ["ＢＴＣ", "充值"]),
        ("see BP-7K3M-Q2XD now", "bp-7k3m-q2", ["BP-7K3M-Q2XD"]),
        ("ﬁne ﬁnd", "find", ["ﬁnd"]),
        ("nothing here", "absent", []),
        ("<b>bold</b> & more", "bold", ["bold"]),
    ],
)
def test_what_was_found_is_marked(text: str, query: str, found: list[str]) -> None:
    assert hits(text, query) == found
    assert whole(text, query) == text


def test_a_long_text_is_cut_around_the_first_place() -> None:
    text = "word " * 300 + "needle" + " tail" * 300
    snippet = whole(text, "needle")
    assert "needle" in snippet
    assert snippet.startswith("…")
    assert snippet.endswith("…")
    assert len(snippet) <= SNIPPET_CHARACTERS + 2


def test_a_mask_is_shown_as_dots() -> None:
    text = "it is ⟦removed:seed_phrase:71⟧ thanks"
    assert whole(text, "thanks") == "it is ••• thanks"
    assert hits(text, "seed") == []


@given(st.text(max_size=400), st.text(max_size=30))
def test_the_pieces_are_always_a_stretch_of_the_text(text: str, query: str) -> None:
    line = " ".join(text.split())
    snippet = whole(text, query).removeprefix("…").removesuffix("…")
    if "⟦removed:" not in text and "…" not in text:
        assert snippet in line
