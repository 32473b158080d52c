"""How passwords are kept."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password, get_hashers, make_password


def test_passwords_are_argon2id_at_19_mebibytes_two_passes_one_lane() -> None:
    kept = make_password("a horse, a battery and a staple")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("a horse, a battery and a staple", kept)
    assert not check_password("a horse, a battery and a stable", kept)


def test_there_is_no_weaker_way() -> None:
    assert [hasher.algorithm for hasher in get_hashers()] == ["argon2"]
