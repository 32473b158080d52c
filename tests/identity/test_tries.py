"""Failed tries lock an identifier for a growing while, counted without a race."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from bitp.identity import tries
from bitp.identity.models import FailedTries
from bitp.identity.tries import ADDRESS, HOUR_US, MINUTE_US, STAFF_CODE, TooManyTries, spend
from bitp.lib import clock

pytestmark = pytest.mark.django_db

NOON_US = 1_800_000_000_000_000
CAROL = "carol@staff.example.com"


def spend_all(at_us: int = NOON_US, identifier: str = CAROL) -> None:
    for _ in range(5):
        spend(STAFF_CODE, identifier, at_us)


def locked_us(at_us: int, identifier: str = CAROL) -> int:
    """For how long a try at this moment is refused; 0 when it is let through."""
    try:
        spend(STAFF_CODE, identifier, at_us)
    except TooManyTries as refused:
        return clock.to_us(refused.until) - at_us
    return 0


def test_five_tries_are_free_and_the_sixth_is_locked_for_five_minutes() -> None:
    spend_all()
    assert locked_us(NOON_US) == 5 * MINUTE_US


def test_while_locked_nothing_is_counted() -> None:
    spend_all()
    for _ in range(20):
        assert locked_us(NOON_US) == 5 * MINUTE_US
    assert FailedTries.objects.get().count == 5


def test_the_lock_ends_by_itself() -> None:
    spend_all()
    assert locked_us(NOON_US + 5 * MINUTE_US - 1) == 1
    assert locked_us(NOON_US + 5 * MINUTE_US) == 0


def test_locks_grow_to_a_day_and_stay_there() -> None:
    moment_us = NOON_US
    lengths = []
    for _ in range(6):
        spend_all(moment_us)
        lengths.append(locked_us(moment_us))
        moment_us += lengths[-1]
    assert lengths == [5 * MINUTE_US, 30 * MINUTE_US, *[24 * HOUR_US] * 4]


def test_after_two_quiet_days_it_begins_anew() -> None:
    spend_all()
    later_us = NOON_US + 48 * HOUR_US + 1
    spend_all(later_us)
    assert locked_us(later_us) == 5 * MINUTE_US


def test_the_right_one_forgives() -> None:
    spend_all()
    tries.forgive(STAFF_CODE, CAROL)
    assert locked_us(NOON_US) == 0


def test_an_identifier_is_the_same_however_it_is_typed() -> None:
    spend_all(identifier=f" {CAROL.upper()} ")
    assert locked_us(NOON_US) > 0


def test_others_and_other_scopes_are_not_locked() -> None:
    spend_all()
    assert locked_us(NOON_US, "dave@staff.example.com") == 0
    spend(tries.CUSTOMER_PASSWORD, CAROL, NOON_US)


def test_an_address_gets_many_tries_and_good_ones_back() -> None:
    for _ in range(300):
        tries.give_back(spend(ADDRESS, "203.0.113.7", NOON_US))
    for _ in range(100):
        spend(ADDRESS, "203.0.113.7", NOON_US)
    with pytest.raises(TooManyTries):
        spend(ADDRESS, "203.0.113.7", NOON_US)


def test_a_good_try_takes_back_the_lock_it_made_itself() -> None:
    for _ in range(99):
        spend(ADDRESS, "203.0.113.7", NOON_US)
    last = spend(ADDRESS, "203.0.113.7", NOON_US)
    with pytest.raises(TooManyTries):
        spend(ADDRESS, "203.0.113.7", NOON_US)
    tries.give_back(last)
    spend(ADDRESS, "203.0.113.7", NOON_US)


def test_a_good_try_does_not_open_the_lock_that_others_made_meanwhile() -> None:
    own = spend(ADDRESS, "203.0.113.7", NOON_US)
    for _ in range(99):
        spend(ADDRESS, "203.0.113.7", NOON_US)
    tries.give_back(own)
    with pytest.raises(TooManyTries) as locked:
        spend(ADDRESS, "203.0.113.7", NOON_US)
    assert clock.to_us(locked.value.until) == NOON_US + 5 * MINUTE_US
    assert FailedTries.objects.get().count == 99


def test_nothing_that_was_typed_is_kept() -> None:
    spend(STAFF_CODE, "seed phrase typed into the wrong field")
    row = FailedTries.objects.get()
    assert "seed" not in row.identifier
    assert len(row.identifier) == 64


def test_a_long_or_odd_identifier_is_no_trouble() -> None:
    for odd in ("", "\0", "é" * 10_000, "' OR 1=1 --", "%s %(now)s"):
        spend(STAFF_CODE, odd)


def test_old_rows_are_swept_away() -> None:
    spend(STAFF_CODE, CAROL, clock.now_us() - 49 * HOUR_US)
    spend(STAFF_CODE, "dave@staff.example.com")
    tries.sweep()
    assert FailedTries.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_fifty_at_once_five_are_judged() -> None:
    ready = threading.Barrier(50)
    outcomes: list[str] = []

    def attempt() -> None:
        ready.wait()
        try:
            spend(STAFF_CODE, CAROL)
            outcomes.append("judged")
        except TooManyTries:
            outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"tries at once: {len(outcomes)}, judged: {outcomes.count('judged')}")
    assert outcomes.count("judged") == 5
