"""Allowances: a burst, then so many a second, counted for each key."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from bitp.lib.allowance import Allowance, address_of


def test_an_allowance_fills_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 0.0, 0.4, 0.5, 100.0, 100.0, 100.0]).__next__
    monkeypatch.setattr("bitp.lib.allowance.time.monotonic", clock)
    allowance = Allowance(burst=2, per_s=2)
    assert [allowance.take("a") for _ in range(3)] == [0, 0, 1]
    assert [allowance.take("a") for _ in range(2)] == [1, 0]
    assert [allowance.take("a") for _ in range(3)] == [0, 0, 1]


def test_keys_forgotten_are_the_ones_not_seen_for_longest() -> None:
    allowance = Allowance(burst=1, per_s=0.001, keys=2)
    assert [allowance.take(each) for each in ("a", "b", "c", "c")][:3] == [0, 0, 0]
    assert allowance.take("c") > 0
    assert allowance.take("a") == 0


def test_a_home_network_is_one_address() -> None:
    def seen(address: str) -> str:
        return address_of(RequestFactory().get("/", REMOTE_ADDR=address))

    assert seen("2001:db8:1:2::1") == seen("2001:db8:1:2:ffff::9")
    assert seen("2001:db8:1:2::1") != seen("2001:db8:1:3::1")
    assert seen("203.0.113.7") == "203.0.113.7"
