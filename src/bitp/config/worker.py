"""The worker's loop: due jobs, and a sign of life that /readyz looks at."""

from __future__ import annotations

import logging
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

from bitp.config.django_setup import set_up_django

if TYPE_CHECKING:
    from bitp.events.jobs import Leased

# Jobs that wait for somebody else's server at the same time; they hold up nothing but each other.
CALLERS = 4
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

    from bitp.desk.attachments.jobs import plan_sweep
    from bitp.events.pruning import plan_pruning
    from bitp.identity.resealing import plan_resealing

    autodiscover_modules("jobs")
    plan_pruning()
    plan_resealing()
    plan_sweep()
    Worker(stopping).run()


class Worker:
    """Works until ``stopping`` is set."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._beat_at = 0.0
        self._callers = ThreadPoolExecutor(CALLERS, thread_name_prefix="caller")
        self._calls: set[Future[None]] = set()

    def run(self) -> None:
        """Turn after turn; an error of the database costs a pause, never the process."""
        with self._callers:
            while not self._stopping.is_set():
                self._stopping.wait(self._turn())

    def _turn(self) -> float:
        """One look at the jobs; returns the seconds to wait before the next."""
        from django.db import Error, close_old_connections

        from bitp.events.clocks import look_at_clocks
        from bitp.events.jobs import lease_due, run
        from bitp.events.tail import consume_all

        try:
            self._beat()
            look_at_clocks()
            done = consume_all() + sum(map(run, lease_due(outside=False))) + self._call()
            return 0.0 if done else IDLE_PAUSE_S
        except Error as error:
            log.warning("the database did not answer: %s", type(error).__name__)
            close_old_connections()
            return ERROR_PAUSE_S

    def _call(self) -> int:
        """Gives each free caller a job, never more: a lease must not run out while it waits."""
        from bitp.events.jobs import lease_due

        self._calls = {call for call in self._calls if not call.done()}
        free = CALLERS - len(self._calls)
        leased = lease_due(free, outside=True) if free else []
        self._calls |= {self._callers.submit(_do, job) for job in leased}
        return len(leased)

    def _beat(self) -> None:
        if time.monotonic() < self._beat_at:
            return
        from bitp.events.models import Heartbeat
        from bitp.lib.clock import now_us

        Heartbeat.objects.update_or_create(process="worker", defaults={"at_us": now_us()})
        self._beat_at = time.monotonic() + HEARTBEAT_S


def _do(job: Leased) -> None:
    """One job in a caller's thread, with a connection that is closed after it."""
    from django.db import Error, connection

    from bitp.events.jobs import run

    try:
        run(job)
    except Error as error:
        log.warning("job %s was not written down: %s", job.kind, type(error).__name__)
    finally:
        connection.close()
