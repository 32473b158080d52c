"""The worker's loop: due jobs, and a sign of life that /readyz looks at."""

from __future__ import annotations

import logging
import signal
import threading
import time

from bitp.config.django_setup import set_up_django

IDLE_PAUSE_S = 0.1
HEARTBEAT_S = 5.0
# After an error of the database: tries again until it answers.
ERROR_PAUSE_S = 1.0

log = logging.getLogger(__name__)


def run_worker() -> None:
    """Until SIGTERM; the job in hand is finished first."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    set_up_django()

    from django.utils.module_loading import autodiscover_modules

    from bitp.events.pruning import plan_pruning

    autodiscover_modules("jobs")
    plan_pruning()
    Worker(stopping).run()


class Worker:
    """Works until ``stopping`` is set."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._beat_at = 0.0

    def run(self) -> None:
        """Turn after turn; an error of the database costs a pause, never the process."""
        while not self._stopping.is_set():
            self._stopping.wait(self._turn())

    def _turn(self) -> float:
        """One look at the jobs; returns the seconds to wait before the next."""
        from django.db import Error, close_old_connections

        from bitp.events.jobs import work_once
        from bitp.events.tail import consume_all

        try:
            self._beat()
            return 0.0 if consume_all() + work_once() else IDLE_PAUSE_S
        except Error as error:
            log.warning("the database did not answer: %s", type(error).__name__)
            close_old_connections()
            return ERROR_PAUSE_S

    def _beat(self) -> None:
        if time.monotonic() < self._beat_at:
            return
        from bitp.events.models import Heartbeat
        from bitp.lib.clock import now_us

        Heartbeat.objects.update_or_create(process="worker", defaults={"at_us": now_us()})
        self._beat_at = time.monotonic() + HEARTBEAT_S
