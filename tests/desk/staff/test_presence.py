"""Available, away, offline: what members choose, and what silence means."""

from __future__ import annotations

import msgspec
import pytest

from bitp.desk.staff.models import Member
from bitp.desk.staff.presence import SILENT_US, send_silent_offline, set_presence
from bitp.events.models import Event
from bitp.lib.clock import now_us
from tests.people import make_member

pytestmark = pytest.mark.django_db


def facts() -> list[tuple[str, str, str]]:
    rows = Event.objects.filter(kind="staff.availability").order_by("pk")
    decoded = [(row.actor_kind, msgspec.json.decode(row.data)) for row in rows]
    return [(who, data["was"], data["state"]) for who, data in decoded]


def fall_silent(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(seen_us=now_us() - SILENT_US)


def test_a_choice_is_recorded_once_and_signs_of_life_are_not() -> None:
    carol = make_member("Carol")
    for state in ("available", "available", "away", "away", "offline"):
        set_presence(carol.pk, state)
    assert facts() == [
        ("staff", "offline", "available"),
        ("staff", "available", "away"),
        ("staff", "away", "offline"),
    ]


def test_a_sign_of_life_is_written_when_the_last_one_is_some_seconds_old() -> None:
    carol = make_member("Carol")
    set_presence(carol.pk, "available")
    first_us = Member.objects.get().seen_us
    set_presence(carol.pk, "available")
    assert Member.objects.get().seen_us == first_us
    Member.objects.update(seen_us=first_us - 25 * 1_000_000)
    set_presence(carol.pk, "available")
    assert Member.objects.get().seen_us >= first_us


def test_who_was_not_heard_of_for_a_minute_is_offline_and_that_is_said_once() -> None:
    carol, dave = make_member("Carol"), make_member("Dave")
    set_presence(carol.pk, "available")
    set_presence(dave.pk, "away")
    fall_silent(carol)
    assert send_silent_offline() == 1
    assert send_silent_offline() == 0
    assert list(Member.objects.order_by("pk").values_list("state", flat=True)) == [
        "offline",
        "away",
    ]
    assert facts()[-1] == ("system", "available", "offline")


def test_who_comes_back_is_available_again_at_the_first_sign() -> None:
    carol = make_member("Carol")
    set_presence(carol.pk, "available")
    fall_silent(carol)
    send_silent_offline()
    set_presence(carol.pk, "available")
    assert Member.objects.get().state == "available"
    assert facts()[-1] == ("staff", "offline", "available")


def test_an_unknown_member_changes_nothing() -> None:
    set_presence(1, "available")
    assert facts() == []
