"""Tokens: ours, for one purpose, for a time; a rotated key is still read."""

from __future__ import annotations

import pytest

from bitp.lib.signing import BadToken, Signer


def test_a_token_says_what_was_signed() -> None:
    assert Signer("key", "a").read(Signer("key", "a").sign({"n": 1}, 60))["n"] == 1


@pytest.mark.parametrize(
    "reader", [Signer("other", "a"), Signer("key", "b"), Signer("other", "a", ["another"])]
)
def test_another_key_or_purpose_reads_nothing(reader: Signer) -> None:
    with pytest.raises(BadToken):
        reader.read(Signer("key", "a").sign({}, 60))


def test_after_a_rotation_old_tokens_are_read_and_new_ones_are_the_new_keys() -> None:
    rotated = Signer("new", "a", ["old"])
    assert rotated.read(Signer("old", "a").sign({"n": 1}, 60))["n"] == 1
    with pytest.raises(BadToken):
        Signer("old", "a").read(rotated.sign({}, 60))


def test_a_token_whose_time_is_over_is_refused() -> None:
    with pytest.raises(BadToken):
        Signer("key", "a").read(Signer("key", "a").sign({}, -1))


@pytest.mark.parametrize("text", ["", ".", "a.b", "a", "中.文", "e30." + "A" * 43, "x" * 5000])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(BadToken):
        Signer("key", "a").read(text)
