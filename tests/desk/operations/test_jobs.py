"""Operators see what the worker has to do, and send dead jobs on their way again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from bitp.events import jobs
from bitp.events.models import Event, Heartbeat, Job
from bitp.lib.clock import now_us
from tests.people import make_member
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}
JOBS = "/console/jobs/"


@pytest.fixture
def office() -> Client:
    """Erin's browser, signed in."""
    return client_of(make_member("Erin", "operator"))


@pytest.fixture
def done() -> list[str]:
    """Keys of what was done at last."""
    keys: list[str] = []

    @jobs.handles("test.mends")
    def do(_ids: dict[str, Any], key: str) -> None:
        keys.append(key)

    return keys


def put_dead(*keys: str) -> list[int]:
    with transaction.atomic():
        jobs.put_all("test.mends", {key: {} for key in keys})
    Job.objects.filter(key__in=keys).update(
        dead_us=now_us(), attempts=12, last_error="ConnectionRefusedError"
    )
    return list(Job.objects.filter(key__in=keys).order_by("pk").values_list("pk", flat=True))


def text(client: Client) -> str:
    page = client.get(JOBS, headers=PAGE)
    assert page.status_code == 200
    return page.content.decode()


def test_nothing_dead_and_a_living_worker_are_said(office: Client) -> None:
    assert "the worker is silent" in text(office)
    Heartbeat.objects.create(process="worker", at_us=now_us())
    page = text(office)
    assert "the worker lives" in page
    assert "Nothing waits for you" in page


def test_what_waits_is_counted_by_kind(office: Client) -> None:
    with transaction.atomic():
        jobs.put_all("test.later", {"a": {}, "b": {}}, now_us() + 3_600_000_000)
    page = text(office)
    assert "test.later" in page
    assert '<td role="cell" class="numbers">2</td>' in page


def test_a_dead_job_shows_its_error_and_is_tried_again(office: Client, done: list[str]) -> None:
    (dead,) = put_dead("mail:7")
    page = text(office)
    assert "mail:7" in page
    assert "ConnectionRefusedError" in page
    assert office.post(f"{JOBS}{dead}/again", headers=PAGE).status_code == 302
    jobs.work_once()
    assert done == ["mail:7"]
    assert Event.objects.filter(kind="job.revived", data__contains="mail:7").count() == 1
    assert office.post(f"{JOBS}{dead}/again", headers=PAGE).status_code == 404


def test_all_of_them_at_once(office: Client, done: list[str]) -> None:
    put_dead("a", "b", "c")
    office.post(JOBS + "again", headers=PAGE)
    jobs.work_once()
    assert sorted(done) == ["a", "b", "c"]


def test_one_that_is_let_go_is_never_done_and_recorded(office: Client, done: list[str]) -> None:
    (dead,) = put_dead("a")
    office.post(f"{JOBS}{dead}/drop", headers=PAGE)
    jobs.work_once()
    assert done == []
    assert not Job.objects.exists()
    assert Event.objects.filter(kind="job.dropped").count() == 1


def test_a_living_job_cannot_be_dropped(office: Client, done: list[str]) -> None:
    with transaction.atomic():
        jobs.put("test.mends", "alive", {})
    alive = Job.objects.get().pk
    assert office.post(f"{JOBS}{alive}/drop", headers=PAGE).status_code == 404
    jobs.work_once()
    assert done == ["alive"]


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_for_everybody_else_the_page_does_not_exist(done: list[str], role: str) -> None:
    (dead,) = put_dead("a")
    mallory = client_of(make_member("Mallory", role))
    assert mallory.get(JOBS, headers=PAGE).status_code == 404
    for path in ("again", f"{dead}/again", f"{dead}/drop"):
        assert mallory.post(JOBS + path, headers=PAGE).status_code == 404
    jobs.work_once()
    assert done == []
    assert Job.objects.filter(dead_us__isnull=False).count() == 1


@pytest.mark.parametrize("page", ["x", "-1", "9" * 5_000, "99", "²"])
def test_a_page_that_is_no_page_is_the_first_or_the_last(office: Client, page: str) -> None:
    assert office.get(f"{JOBS}?page={page}", headers=PAGE).status_code == 200
