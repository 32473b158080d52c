"""Working hours: when people answer, and when the next of them begin.

The clock on the wall of the queue's zone decides, so that a shift keeps its hours when summer
time begins or ends. Holidays and closed days are whole days of that zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Looking further ahead than this would promise a day nobody planned; the longest holidays and
# the weekends around them are shorter.
DAYS_AHEAD = 21
# More shifts than this in a week would be a roster, not hours.
SHIFTS_MAX = 40
# A desk with people in more countries than this has a queue for each of them.
COUNTRIES_MAX = 5
# Calendars of a country and a year, and texts of hours, kept in memory.
CALENDARS_KEPT = 64


class BadHours(Exception):
    """The hours, the countries or the days cannot be understood; the text says which."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From and until, on the given days of the week (0 is Monday); until may be 24:00."""

    days: frozenset[int]
    from_minute: int
    until_minute: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a queue is open: shifts in a zone, but not on a day that ``is_off`` names."""

    shifts: tuple[Shift, ...]
    zone: ZoneInfo
    is_off: Callable[[date], bool] = lambda _day: False


@lru_cache(maxsize=CALENDARS_KEPT)
def parse_hours(text: str) -> tuple[Shift, ...]:
    """``Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00, Sat 10:00-14:00`` as shifts."""
    shifts = tuple(_parse_shift(part.strip()) for part in text.split(",") if part.strip())
    if len(shifts) > SHIFTS_MAX:
        raise BadHours(f"at most {SHIFTS_MAX} shifts a week")
    return shifts


def _parse_shift(text: str) -> Shift:
    try:
        days, times = text.split()
        first, _, last = days.partition("-")
        start, until = times.split("-")
        low, high = DAYS.index(first), DAYS.index(last or first)
        shift = Shift(_between(low, high), _minute(start), _minute(until))
    except ValueError as error:
        raise BadHours(f"hours must read like 'Mon-Fri 09:00-18:00', not {text!r}") from error
    if shift.from_minute >= shift.until_minute:
        raise BadHours(f"the hours {text!r} end before they begin")
    return shift


def _between(low: int, high: int) -> frozenset[int]:
    """Days from low to high, over the weekend if high comes first."""
    return frozenset((low + i) % 7 for i in range((high - low) % 7 + 1))


def _minute(text: str) -> int:
    hour, minute = (int(part) for part in text.split(":"))
    if not (0 <= hour * 60 + minute <= 24 * 60 and 0 <= minute < 60):
        raise ValueError(text)
    return hour * 60 + minute


def parse_days(text: str) -> frozenset[date]:
    """``2026-12-24 2027-02-05`` as dates; raises BadHours."""
    try:
        return frozenset(date.fromisoformat(each) for each in text.split())
    except ValueError as error:
        raise BadHours(f"days must read like '2026-12-24', not {text!r}") from error


def check_countries(codes: str) -> None:
    """Raises BadHours unless each code by spaces is a country whose holidays are known."""
    from holidays import list_supported_countries

    known = list_supported_countries()
    wrong = [code for code in codes.split() if code not in known]
    if wrong or len(codes.split()) > COUNTRIES_MAX:
        raise BadHours(f"holidays must be codes like 'CN US', not {codes!r}")


@lru_cache(maxsize=CALENDARS_KEPT)
def _holidays(country: str, year: int) -> frozenset[date]:
    # Only a queue with holidays pays for the library's memory.
    from holidays import country_holidays

    return frozenset(country_holidays(country, years=year))


def days_off(countries: str, closed_days: str) -> Callable[[date], bool]:
    """Whether a day is a public holiday of one of the countries, or closed by the operator."""
    codes, closed = countries.split(), parse_days(closed_days)

    def is_off(day: date) -> bool:
        return day in closed or any(day in _holidays(code, day.year) for code in codes)

    return is_off


def is_open(schedule: Schedule, moment: datetime) -> bool:
    """Whether the moment lies within a shift of a day that is not off."""
    local = moment.astimezone(schedule.zone)
    minute = local.hour * 60 + local.minute
    in_shift = any(
        local.weekday() in shift.days and shift.from_minute <= minute < shift.until_minute
        for shift in schedule.shifts
    )
    return in_shift and not schedule.is_off(local.date())


def next_opening(schedule: Schedule, moment: datetime) -> datetime | None:
    """The next beginning of a shift after the moment; None within DAYS_AHEAD days."""
    today = moment.astimezone(schedule.zone).date()
    for ahead in range(DAYS_AHEAD + 1):
        starts = _beginnings(schedule, today + timedelta(days=ahead))
        # Compared in UTC: within one zone, clocks that were put back would compare as equal.
        if later := [start for start in starts if start.astimezone(UTC) > moment]:
            return min(later, key=lambda start: start.astimezone(UTC))
    return None


def _beginnings(schedule: Schedule, day: date) -> Iterator[datetime]:
    if schedule.is_off(day):
        return
    for shift in schedule.shifts:
        # A day's 24:00 is the next day's 00:00 and begins nothing.
        if day.weekday() in shift.days and shift.from_minute < 24 * 60:
            begin = time(shift.from_minute // 60, shift.from_minute % 60)
            yield datetime.combine(day, begin, schedule.zone)
