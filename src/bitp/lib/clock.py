"""The time, in one place, always UTC."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The present moment, timezone-aware, UTC."""
    return datetime.now(UTC)


def now_us() -> int:
    """The present moment in microseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1000


def from_us(moment_us: int) -> datetime:
    """Microseconds since the epoch as a timezone-aware UTC datetime."""
    return datetime.fromtimestamp(moment_us / 1_000_000, UTC)


def to_us(moment: datetime) -> int:
    """A timezone-aware datetime as microseconds since the epoch."""
    return round(moment.timestamp() * 1_000_000)


def offset_of(local: datetime) -> str:
    """The offset of a moment's zone as people read it, such as "UTC+8" or "UTC+5:30"."""
    whole_s = int((local.utcoffset() or timedelta()).total_seconds())
    hours, minutes = divmod(abs(whole_s) // 60, 60)
    return f"UTC{'-' if whole_s < 0 else '+'}{hours}{f':{minutes:02d}' if minutes else ''}"
