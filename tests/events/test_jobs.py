"""Jobs: done once, with their effects or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from bitp.events import jobs
from bitp.events.models import Consumer, Job
from bitp.lib.clock import now_us

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def handler() -> list[dict[str, Any]]:
    """What the handler of "tested" was given; it also leaves a row behind."""
    given: list[dict[str, Any]] = []

    @jobs.handles("tested")
    def do(ids: dict[str, Any], key: str) -> None:
        Consumer.objects.create(name=f"effect:{key}")
        given.append(ids)
        if ids.get("fails"):
            raise ZeroDivisionError

    return given


def put(key: str, due_us: int | None = None, **ids: Any) -> None:
    with transaction.atomic():
        jobs.put("tested", key, ids, due_us)


def effects() -> list[str]:
    return list(Consumer.objects.values_list("name", flat=True))


def test_a_job_of_a_change_that_failed_is_never_done(handler: list[dict[str, Any]]) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.put("tested", "a", {})
        raise ZeroDivisionError
    assert jobs.work_once() == 0
    assert handler == []


def test_two_jobs_with_one_key_are_one_job(handler: list[dict[str, Any]]) -> None:
    put("a", n=1)
    put("a", n=2)
    assert jobs.work_once() == 1
    assert handler == [{"n": 1}]
    assert not Job.objects.exists()


def test_a_timer_waits_for_its_time(handler: list[dict[str, Any]]) -> None:
    put("later", now_us() + 3_600_000_000)
    assert jobs.work_once() == 0
    assert handler == []


def test_a_failed_job_leaves_no_effect_and_is_tried_again_later(
    handler: list[dict[str, Any]],
) -> None:
    put("a", fails=True)
    assert jobs.work_once() == 0
    assert effects() == []
    job = Job.objects.get()
    assert job.attempts == 1
    assert job.due_us > now_us()
    assert job.last_error == "ZeroDivisionError"


def test_a_job_that_keeps_failing_waits_for_a_person_who_can_revive_it(
    handler: list[dict[str, Any]],
) -> None:
    put("a", fails=True)
    Job.objects.update(attempts=jobs.ATTEMPTS_MAX - 1)
    jobs.work_once()
    job = Job.objects.get()
    assert job.dead_us is not None
    Job.objects.update(due_us=0)
    assert jobs.lease_due() == []
    jobs.revive(job.pk)
    assert len(jobs.lease_due()) == 1


def test_a_leased_job_is_nobody_elses_until_the_lease_ends(
    handler: list[dict[str, Any]],
) -> None:
    put("a")
    (first,) = jobs.lease_due()
    assert jobs.lease_due() == []
    Job.objects.update(leased_until_us=now_us() - 1)
    (second,) = jobs.lease_due()
    assert jobs.run(second)
    # The first worker wakes up after its lease was lost: it does nothing.
    assert jobs.run(first)
    assert len(handler) == 1


def test_what_a_job_does_outside_runs_before_the_transaction() -> None:
    seen: list[Any] = []

    def outside(ids: dict[str, Any], key: str) -> dict[str, Any]:
        seen.append(transaction.get_connection().in_atomic_block)
        return {"found": 7}

    @jobs.handles("tested.outside", outside=outside)
    def do(ids: dict[str, Any], key: str) -> None:
        seen.append((transaction.get_connection().in_atomic_block, ids))

    with transaction.atomic():
        jobs.put("tested.outside", "x", {"a": 1})
    jobs.work_once()
    assert seen == [False, (True, {"a": 1, "found": 7})]


def test_a_cancelled_job_is_not_done(handler: list[dict[str, Any]]) -> None:
    put("a")
    jobs.cancel("a")
    assert jobs.work_once() == 0
