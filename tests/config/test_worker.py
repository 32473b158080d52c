"""The worker's turns: whoever waits for another server holds up nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from bitp.config.worker import CALLERS, Worker
from bitp.events import jobs
from bitp.events.models import Job
from tests.waiting import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


class Server:
    """Somebody else's server, which answers when the test lets it."""

    def __init__(self) -> None:
        self.may_answer = threading.Event()
        self.asked: list[str] = []

    def ask(self, _ids: dict[str, Any], key: str) -> dict[str, Any]:
        self.asked.append(key)
        assert self.may_answer.wait(20)
        return {}


@pytest.fixture
def server() -> Iterator[Server]:
    slow = Server()

    @jobs.handles("test.call", outside=slow.ask)
    def called(_ids: dict[str, Any], _key: str) -> None:
        pass

    @jobs.handles("test.write")
    def written(_ids: dict[str, Any], _key: str) -> None:
        pass

    yield slow
    slow.may_answer.set()


@pytest.fixture
def worker() -> Worker:
    return Worker(threading.Event())


def put(kind: str, *keys: str) -> None:
    with transaction.atomic():
        jobs.put_all(kind, {key: {} for key in keys})


def left(kind: str) -> int:
    return Job.objects.filter(kind=kind).count()


def test_a_server_that_does_not_answer_holds_up_no_other_job(
    server: Server, worker: Worker
) -> None:
    put("test.call", *map(str, range(CALLERS + 2)))
    put("test.write", "quick")
    worker._turn()
    wait_for(lambda: len(server.asked) == CALLERS)
    assert left("test.write") == 0
    put("test.write", "another")
    worker._turn()
    assert left("test.write") == 0
    # The rest is not leased yet: its lease does not run out while it waits.
    assert Job.objects.filter(kind="test.call", attempts=0).count() == 2
    server.may_answer.set()

    def goes_on() -> bool:
        worker._turn()
        return left("test.call") == 0

    wait_for(goes_on)
    assert sorted(server.asked) == sorted(map(str, range(CALLERS + 2)))
