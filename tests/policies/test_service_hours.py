"""Working hours: split shifts, weekends, holidays, midnight, and the change of the clocks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bitp.policies.service_hours import (
    BadHours,
    Schedule,
    check_countries,
    days_off,
    is_open,
    next_opening,
    parse_days,
    parse_hours,
)

pytestmark = pytest.mark.once

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
SPLIT = parse_hours("Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00, Sat 10:00-14:00")


def at(text: str, zone: ZoneInfo = SHANGHAI, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def test_split_shifts_and_weekends_are_understood() -> None:
    office = Schedule(SPLIT, SHANGHAI)
    assert is_open(office, at("2026-11-23T09:00"))
    assert not is_open(office, at("2026-11-23T12:30"))
    assert next_opening(office, at("2026-11-23T12:30")) == at("2026-11-23T13:00")
    assert is_open(office, at("2026-11-28T13:59"))
    assert not is_open(office, at("2026-11-28T14:00"))
    assert not is_open(office, at("2026-11-29T11:00"))
    assert next_opening(office, at("2026-11-28T15:00")) == at("2026-11-30T09:00")


def test_days_may_run_over_the_weekend_and_the_zone_counts() -> None:
    office = Schedule(parse_hours("Sat-Mon 00:00-24:00"), SHANGHAI)
    assert is_open(office, datetime(2026, 11, 27, 16, 30, tzinfo=UTC))
    assert not is_open(office, datetime(2026, 11, 27, 15, 30, tzinfo=UTC))


def test_a_shift_until_midnight_and_one_from_midnight_leave_no_gap() -> None:
    office = Schedule(parse_hours("Mon 22:00-24:00, Tue 00:00-06:00"), SHANGHAI)
    assert is_open(office, at("2026-11-23T23:59:59"))
    assert is_open(office, at("2026-11-24T00:00"))
    assert not is_open(office, at("2026-11-24T06:00"))
    assert next_opening(office, at("2026-11-24T06:00")) == at("2026-11-30T22:00")


def test_a_public_holiday_is_closed_also_when_it_is_taken_on_another_day() -> None:
    office = Schedule(SPLIT, SHANGHAI, days_off("CN", ""))
    assert not is_open(office, at("2026-10-01T10:00"))
    assert not is_open(office, at("2026-02-23T10:00"))
    # Spring Festival 2026: from the eve on Monday until the Monday after.
    assert next_opening(office, at("2026-02-15T20:00")) == at("2026-02-21T10:00")
    both = Schedule(SPLIT, SHANGHAI, days_off("CN US", ""))
    assert is_open(office, at("2026-11-26T10:00"))
    assert not is_open(both, at("2026-11-26T10:00"))


def test_a_day_the_operator_closes_is_a_day_of_the_queues_zone() -> None:
    office = Schedule(parse_hours("Mon-Sun 00:00-24:00"), SHANGHAI, days_off("", "2026-12-24"))
    assert is_open(office, datetime(2026, 12, 23, 15, 59, tzinfo=UTC))
    assert not is_open(office, datetime(2026, 12, 23, 16, 0, tzinfo=UTC))
    assert is_open(office, datetime(2026, 12, 24, 16, 0, tzinfo=UTC))
    assert next_opening(office, at("2026-12-24T12:00")) == at("2026-12-25T00:00")


def test_a_shift_keeps_its_hours_when_the_clocks_change() -> None:
    office = Schedule(parse_hours("Mon-Sun 09:00-17:00"), NEW_YORK)
    # 09:00 is 14:00 UTC in winter and 13:00 UTC in summer; the change is on 8 March 2026.
    winter, summer = at("2026-03-07T18:00", NEW_YORK), at("2026-03-08T18:00", NEW_YORK)
    opening = next_opening(office, winter)
    assert opening is not None
    assert opening.astimezone(UTC) == datetime(2026, 3, 8, 13, tzinfo=UTC)
    assert is_open(office, datetime(2026, 3, 7, 14, 0, tzinfo=UTC))
    assert not is_open(office, datetime(2026, 3, 7, 13, 30, tzinfo=UTC))
    assert is_open(office, datetime(2026, 3, 8, 13, 30, tzinfo=UTC))
    assert next_opening(office, summer) == at("2026-03-09T09:00", NEW_YORK)


def test_an_hour_that_comes_twice_begins_its_shift_the_first_time() -> None:
    office = Schedule(parse_hours("Sun 01:30-05:00"), NEW_YORK)
    before = at("2026-11-01T01:00", NEW_YORK)
    opening = next_opening(office, before)
    assert opening is not None
    assert opening.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert is_open(office, at("2026-11-01T01:45", NEW_YORK, fold=1))
    # After the clocks went back, the same hour on the wall is later and begins nothing.
    later = next_opening(office, at("2026-11-01T01:45", NEW_YORK, fold=1))
    assert later is not None
    assert later.date().isoformat() == "2026-11-08"


def test_without_a_shift_in_the_coming_weeks_nothing_is_promised() -> None:
    assert next_opening(Schedule((), SHANGHAI), at("2026-11-23T09:00")) is None
    never = Schedule(SPLIT, SHANGHAI, lambda _day: True)
    assert next_opening(never, at("2026-11-23T09:00")) is None


YEARS = (datetime(2026, 1, 1), datetime(2027, 12, 31))  # noqa: DTZ001 - the strategy adds UTC
MOMENTS = st.datetimes(*YEARS, timezones=st.just(UTC))


@given(MOMENTS, st.sampled_from([SHANGHAI, NEW_YORK]))
def test_the_next_opening_is_later_open_and_just_before_it_is_closed(
    moment: datetime, zone: ZoneInfo
) -> None:
    office = Schedule(SPLIT, zone, days_off("CN", "2026-12-24 2027-02-05"))
    opening = next_opening(office, moment)
    assert opening is not None
    start = opening.astimezone(UTC)
    assert start > moment
    assert is_open(office, start)
    assert not is_open(office, start - timedelta(seconds=1))


@pytest.mark.parametrize("text", ["Mon 9-18", "Someday 09:00-18:00", "Mon 18:00-09:00", "Mon"])
def test_hours_that_cannot_be_understood_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse_hours(text)


@pytest.mark.parametrize("text", ["24.12.2026", "2026-13-01", "tomorrow"])
def test_days_that_cannot_be_understood_are_refused(text: str) -> None:
    with pytest.raises(BadHours):
        parse_days(text)


@pytest.mark.parametrize("codes", ["XX", "China", "CN US GB FR DE JP"])
def test_countries_that_are_not_known_are_refused(codes: str) -> None:
    with pytest.raises(BadHours):
        check_countries(codes)
    check_countries("CN US")
