"""Reads about jobs; for operators, as the views' rights say."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count, Min

from bitp.events.models import Heartbeat, Job
from bitp.lib.clock import now_us

JOBS_PER_PAGE = 50
# A worker that lives says so every few seconds.
SILENT_US = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """The jobs of one kind that wait. overdue_s: how long the first one should be done."""

    name: str
    count: int
    overdue_s: int


def waiting_kinds() -> list[Kind]:
    """What there is to do, the most overdue first."""
    moment_us = now_us()
    rows = Job.objects.filter(dead_us__isnull=True).values("kind")
    found = rows.annotate(count=Count("pk"), due=Min("due_us")).order_by("due")
    return [
        Kind(row["kind"], row["count"], max(0, moment_us - row["due"]) // 1_000_000)
        for row in found
    ]


def dead_jobs(page: int) -> Page[Job]:
    """What was tried too often and waits for a person, the newest first."""
    dead = Job.objects.filter(dead_us__isnull=False).order_by("-dead_us", "-pk")
    return Paginator(dead, JOBS_PER_PAGE).get_page(page)


def worker_seen_us() -> int:
    """When the worker last said that it lives, 0: never."""
    row = Heartbeat.objects.filter(process="worker").first()
    return row.at_us if row else 0


def is_silent(seen_us: int) -> bool:
    """Whether the worker should have been heard since."""
    return seen_us < now_us() - SILENT_US
