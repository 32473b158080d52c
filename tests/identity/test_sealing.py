"""Secrets in the database cannot be read without the key, and survive its rotation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from bitp.identity.sealing import Unreadable, seal, unseal

OTHER_KEY = "another key of at least fifty characters, drawn by dice"


@given(st.text())
def test_what_is_sealed_comes_back(text: str) -> None:
    sealed = seal(text, "a test")
    assert sealed.isascii()
    assert unseal(sealed, "a test") == text


def test_the_same_text_never_looks_the_same() -> None:
    assert seal("secret", "a test") != seal("secret", "a test")


def test_another_purpose_does_not_open_it() -> None:
    with pytest.raises(Unreadable):
        unseal(seal("secret", "a test"), "another test")


@given(st.integers(min_value=0, max_value=10_000))
def test_one_changed_character_is_noticed(where: int) -> None:
    sealed = seal("a secret of some length", "a test")
    at = len("s1:") + where % (len(sealed) - len("s1:") - 2)
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    with pytest.raises(Unreadable):
        unseal(changed, "a test")


@pytest.mark.parametrize("odd", ["", "s1:", "s1:AAAA", "not sealed", "é", "s1:" + "A" * 4000])
def test_what_was_never_sealed_is_unreadable(odd: str) -> None:
    with pytest.raises(Unreadable):
        unseal(odd, "a test")


def test_after_a_rotation_the_old_key_still_opens(settings: Settings) -> None:
    sealed = seal("secret", "a test")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = OTHER_KEY
    assert unseal(sealed, "a test") == "secret"


def test_a_key_that_is_gone_opens_nothing(settings: Settings) -> None:
    sealed = seal("secret", "a test")
    settings.SECRET_KEY = OTHER_KEY
    with pytest.raises(Unreadable):
        unseal(sealed, "a test")
