"""Figures for Prometheus: how much there is to do and whether it gets done. Nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from django.db import connection
from django.db.models import Max, Min

from bitp.desk.routing.queries import count_available, waiting_conversations
from bitp.desk.webhooks.models import WAITING, Delivery, Webhook
from bitp.events.models import Event, Heartbeat, Job
from bitp.lib.clock import now_us

GAUGE, COUNTER = "gauge", "counter"


class Figure(NamedTuple):
    """One figure. name: without bitp_; says: its unit and meaning."""

    name: str
    kind: str
    says: str
    value: float


def render() -> str:
    """All figures in Prometheus' text format, version 0.0.4."""
    lines = []
    for figure in (*_spine(), *_desk(), *_webhooks()):
        lines += [
            f"# HELP bitp_{figure.name} {figure.says}",
            f"# TYPE bitp_{figure.name} {figure.kind}",
            f"bitp_{figure.name} {round(figure.value, 3)}",
        ]
    return "\n".join(lines) + "\n"


def _spine() -> Iterator[Figure]:
    alive, moment_us = Job.objects.filter(dead_us__isnull=True), now_us()
    due_us = alive.aggregate(first=Min("due_us"))["first"]
    head = Event.objects.aggregate(last=Max("pk"))["last"]
    beat = Heartbeat.objects.filter(process="worker").values_list("at_us", flat=True).first()
    yield Figure("events_total", COUNTER, "Facts in the log.", head or 0)
    yield Figure("jobs_waiting", GAUGE, "Jobs to do, now or later.", alive.count())
    yield Figure("jobs_overdue_seconds", GAUGE, "How late the first job is.", _s(due_us, moment_us))
    dead = Job.objects.filter(dead_us__isnull=False).count()
    yield Figure("jobs_dead", GAUGE, "Jobs that wait for a person.", dead)
    silent = _s(beat, moment_us)
    yield Figure("worker_silent_seconds", GAUGE, "Since the worker's last sign of life.", silent)
    yield Figure("database_bytes", GAUGE, "Size of the database.", _database_bytes())


def _desk() -> Iterator[Figure]:
    waiting = waiting_conversations()
    since_us = waiting.aggregate(first=Min("waiting_since_us"))["first"]
    yield Figure("conversations_waiting", GAUGE, "Nobody has taken them.", waiting.count())
    yield Figure("longest_wait_seconds", GAUGE, "Of those.", _s(since_us, now_us()))
    yield Figure("agents_available", GAUGE, "People ready to answer.", count_available())


def _webhooks() -> Iterator[Figure]:
    failing = Webhook.objects.filter(failing_since_us__gt=0).count()
    paused = Webhook.objects.filter(paused_us__gt=0).count()
    waiting = Delivery.objects.filter(state=WAITING).count()
    yield Figure("webhooks_failing", GAUGE, "Receivers whose last call was not taken.", failing)
    yield Figure("webhooks_paused", GAUGE, "Receivers that get nothing for now.", paused)
    yield Figure("webhook_deliveries_waiting", GAUGE, "Events on their way.", waiting)


def _s(since_us: int | None, moment_us: int) -> float:
    return max(0, moment_us - since_us) / 1_000_000 if since_us else 0


def _database_bytes() -> int:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
        return int(cursor.fetchone()[0])
