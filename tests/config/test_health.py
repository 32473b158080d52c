"""What operators ask: alive, ready, counts."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.test import Client

from bitp.events import jobs
from bitp.events.models import Heartbeat, Job
from bitp.lib.clock import now_us
from tests.people import make_customer, say

pytestmark = pytest.mark.django_db


def test_it_is_alive() -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_without_a_worker_it_is_not_ready() -> None:
    answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": True, "migrations": True, "worker": False}


@pytest.mark.parametrize("address", ["203.0.113.7", "10.0.0.1", ""])
def test_counts_are_for_this_machine_only(address: str) -> None:
    assert Client(REMOTE_ADDR=address).get("/metrics").status_code == 404
    assert b"bitp_jobs_waiting" in Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content


def figures() -> dict[str, float]:
    """What Prometheus would read; fails on a line that it could not."""
    text = Client(REMOTE_ADDR="127.0.0.1").get("/metrics").content.decode()
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP \w+ .+|TYPE \w+ (gauge|counter))", line)
            continue
        name, value = re.fullmatch(r"(bitp_[a-z_]+) ([0-9.]+)", line).groups()  # type: ignore[union-attr]
        found[name] = float(value)
    return found


def test_an_operator_sees_what_there_is_to_do_and_whether_it_gets_done() -> None:
    before = figures()
    assert before["bitp_database_bytes"] > 10_000
    say(make_customer("Alice"), "Is somebody there?")
    Heartbeat.objects.create(process="worker", at_us=now_us() - 90_000_000)
    with transaction.atomic():
        jobs.put("test.late", "late", {}, now_us() - 30_000_000)
        jobs.put("test.dead", "dead", {})
    Job.objects.filter(key="dead").update(dead_us=now_us())
    after = figures()
    assert after["bitp_events_total"] > before["bitp_events_total"]
    assert after["bitp_conversations_waiting"] == 1
    assert after["bitp_jobs_dead"] == 1
    assert 30 <= after["bitp_jobs_overdue_seconds"] < 60
    assert 90 <= after["bitp_worker_silent_seconds"] < 120
    assert after["bitp_agents_available"] == 0
