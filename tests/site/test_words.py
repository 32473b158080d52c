"""Times, names and states as the pages write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from bitp.desk.conversations.models import STATUSES
from bitp.lib import clock
from bitp.site import labels
from bitp.site.templatetags.site_words import ago, initials, moment, status, topic, when


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=6, hours=1), "6 days ago"),
    ],
)
def test_a_time_is_said_as_how_long_ago(age: timedelta, words: str) -> None:
    with translation.override("en"):
        assert f">{words}</time>" in ago(clock.now() - age)


def test_an_old_time_is_said_as_its_date_and_every_time_exactly_on_hover() -> None:
    with translation.override("en"):
        shown = ago(datetime(2024, 3, 1, 4, 5, tzinfo=UTC))
    assert ">March 1, 2024</time>" in shown
    assert 'datetime="2024-03-01T04:05:00+00:00"' in shown
    assert 'title="March 1, 2024, 12:05 p.m. CST"' in shown


def test_a_coming_time_names_its_zone() -> None:
    with translation.override("en"):
        shown = when(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    assert "November 23 09:00 (UTC+8)" in shown
    assert "data-local" in shown


@pytest.mark.parametrize(
    ("name", "shown"), [("Carol", "C"), ("Dave Smith Jr", "DS"), ("王伟", "伟"), (" ", "?")]
)
def test_initials_stand_for_a_name(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_every_state_has_words_and_an_unknown_one_does_not_break_the_page() -> None:
    assert set(labels.STATUSES) == set(STATUSES)
    with translation.override("en"):
        assert status("snoozed") == status("open") == status("odd") == "With us"
        assert topic("odd") == "Something else"


def test_microseconds_become_a_moment() -> None:
    assert moment(1_000_000) == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
