"""A receiver that may stand on loopback, and an operator who registers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

import bitp.desk.webhooks.jobs
import bitp.desk.webhooks.notice  # noqa: F401 - both register what they handle
from bitp.desk.staff.changes import By
from bitp.desk.webhooks import changes
from bitp.desk.webhooks.models import Webhook
from bitp.events.jobs import work_once
from bitp.events.models import Job
from bitp.events.tail import consume_all
from tests.desk.webhooks.receiver import Receiver, receiving
from tests.people import make_member

TURNS_MAX = 500


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.BITP_WEBHOOKS_PRIVATE = True
    with receiving() as started:
        yield started


@pytest.fixture
def by() -> By:
    return By(make_member("Erin", "operator"))


@pytest.fixture
def webhook(receiver: Receiver, by: By) -> Webhook:
    """Registered, with what happened before already read."""
    made, _ = changes.add(receiver.url, [], by)
    work()
    return made


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the clock of this process on, by so many seconds."""
    real, moved = time.time_ns, [0]
    monkeypatch.setattr(time, "time_ns", lambda: real() + moved[0])

    def move(seconds: float) -> None:
        moved[0] += int(seconds * 1e9)

    return move


def work() -> None:
    """The worker's turns until nothing is due."""
    for _ in range(TURNS_MAX):
        if not consume_all() + work_once():
            return
    raise AssertionError(f"still at work: {list(Job.objects.values_list('key', flat=True)[:5])}")
