"""The working hours of a queue, from its own settings and the installation's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings

from bitp.desk.routing.models import Queue
from bitp.policies.service_hours import Schedule, days_off, parse_hours


def schedule_of(queue: Queue) -> Schedule:
    """When people answer in the queue; what it does not say holds for the installation."""
    return Schedule(
        parse_hours(queue.hours or settings.BITP_HOURS),
        ZoneInfo(queue.zone or settings.TIME_ZONE),
        days_off(queue.holidays, queue.closed_days),
    )
