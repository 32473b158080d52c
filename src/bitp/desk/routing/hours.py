"""Working hours: when people answer, and when the next of them begin."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Looking further ahead than this would promise a day nobody planned.
DAYS_AHEAD = 14


class BadHours(Exception):
    """The text of BITP_HOURS cannot be understood."""


@dataclass(frozen=True, slots=True)
class Shift:
    """From and until, on the given days of the week (0 is Monday); until may be 24:00."""

    days: frozenset[int]
    from_minute: int
    until_minute: int


@cache
def parse_hours(text: str) -> tuple[Shift, ...]:
    """``Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00, Sat 10:00-14:00`` as shifts."""
    return tuple(_parse_shift(part.strip()) for part in text.split(",") if part.strip())


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


def is_open(shifts: tuple[Shift, ...], moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the moment lies within a shift."""
    local = moment.astimezone(zone)
    minute = local.hour * 60 + local.minute
    return any(
        local.weekday() in shift.days and shift.from_minute <= minute < shift.until_minute
        for shift in shifts
    )


def next_opening(shifts: tuple[Shift, ...], moment: datetime, zone: ZoneInfo) -> datetime | None:
    """The next beginning of a shift after the moment; None within DAYS_AHEAD days."""
    local = moment.astimezone(zone)
    starts = []
    for ahead in range(DAYS_AHEAD + 1):
        day = local.date() + timedelta(days=ahead)
        for shift in shifts:
            if day.weekday() in shift.days:
                begin = time(shift.from_minute // 60, shift.from_minute % 60)
                starts.append(datetime.combine(day, begin, zone))
    return min((start for start in starts if start > local), default=None)
