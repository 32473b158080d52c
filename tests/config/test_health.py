"""What operators ask: alive, ready, counts."""

from __future__ import annotations

import pytest
from django.test import Client

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
