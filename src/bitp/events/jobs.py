"""Jobs and timers: work written down in the transaction that calls for it.

A worker leases due jobs; a job's database effects and its removal are one transaction, so a
killed worker leaves either both or neither, and the lease's end hands it to the next. What a
job does outside the database runs before that transaction (which would make every writer wait
for a mail server) and carries the job's key, so that the other side can refuse a second time.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection, transaction
from django.db.models import F

from bitp.events.models import Job
from bitp.lib.canonical import canonical_json
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token

# A worker that was killed holds its jobs this long.
LEASE_US = 60 * 1_000_000
# Jobs leased at once.
LEASED_MAX = 20
# After so many failures a job waits for a person.
ATTEMPTS_MAX = 12
# Waits between attempts: 2 s doubled each time, at most an hour: 12 attempts span about 2 h.
BACK_OFF_FIRST_US = 2 * 1_000_000
BACK_OFF_MAX_US = 3600 * 1_000_000

Handler = Callable[[dict[str, Any], str], None]
Outside = Callable[[dict[str, Any], str], dict[str, Any]]
_handlers: dict[str, tuple[Handler, Outside | None]] = {}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Leased:
    """A job this worker holds until its lease ends."""

    pk: int
    kind: str
    key: str
    ids: dict[str, Any]
    lease: str
    attempts: int


def handles(kind: str, outside: Outside | None = None) -> Callable[[Handler], Handler]:
    """Registers the function that does jobs of this kind: called with (ids, key).

    ``outside`` runs first, without a transaction; what it returns is added to the ids.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = (handler, outside)
        return handler

    return register


def put(kind: str, key: str, ids: dict[str, Any], due_us: int | None = None) -> None:
    """Writes a job down; a second one with the same key is the same job. ``ids`` only."""
    put_all(kind, {key: ids}, due_us)


def put_all(kind: str, jobs: Mapping[str, dict[str, Any]], due_us: int | None = None) -> None:
    """Writes jobs of one kind down, all due at once: key → ids."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("put() outside a transaction")
    due_us = due_us or now_us()
    rows = [
        Job(kind=kind, key=key, ids=canonical_json(ids), due_us=due_us) for key, ids in jobs.items()
    ]
    if connection.vendor == "postgresql":
        # Not ignored but locked: whoever runs the same job just now ends after us, and its
        # handler sees what this transaction writes. On SQLite one writes at a time anyway.
        Job.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["key"], update_fields=["key"]
        )
    else:
        Job.objects.bulk_create(rows, ignore_conflicts=True)


def hasten(keys: Iterable[str]) -> None:
    """What is to be done later with these keys is due now."""
    moment_us = now_us()
    later = Job.objects.filter(key__in=list(keys), dead_us__isnull=True, due_us__gt=moment_us)
    later.update(due_us=moment_us)


def cancel(key: str) -> None:
    """The job with this key need not be done any more."""
    Job.objects.filter(key=key, dead_us__isnull=True).delete()


def lease_due(limit: int = LEASED_MAX, *, outside: bool | None = None) -> list[Leased]:
    """Leases due jobs for this worker; a job is never leased twice at a time.

    ``outside``: only those that do something outside the database, or only the others.
    """
    moment_us = now_us()
    due = Job.objects.filter(
        dead_us__isnull=True, due_us__lte=moment_us, leased_until_us__lte=moment_us
    ).order_by("due_us")
    if outside is not None:
        wide = [kind for kind, (_, acts_outside) in _handlers.items() if acts_outside]
        due = due.filter(kind__in=wide) if outside else due.exclude(kind__in=wide)
    # Looked up outside a transaction first: an idle worker never takes the write lock.
    if not due.exists():
        return []
    lease = new_token()
    with transaction.atomic():
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        Job.objects.filter(pk__in=ids).update(
            lease=lease, leased_until_us=moment_us + LEASE_US, attempts=F("attempts") + 1
        )
    return [
        Leased(job.pk, job.kind, job.key, msgspec.json.decode(job.ids), lease, job.attempts)
        for job in Job.objects.filter(lease=lease).order_by("due_us")
    ]


def run(job: Leased) -> bool:
    """Does one leased job; True when done. A failure is written down with its next time."""
    try:
        handler, outside = _handlers[job.kind]
        found = outside(job.ids, job.key) if outside else {}
        with transaction.atomic():
            # Removed first: if the lease was lost, another worker has it and we do nothing.
            gone, _ = Job.objects.filter(pk=job.pk, lease=job.lease).delete()
            if gone:
                handler({**job.ids, **found}, job.key)
    # A job may fail in any way; whatever it is, it is written down and tried again.
    except Exception as error:  # noqa: BLE001
        log.warning("job %s failed: %s", job.kind, type(error).__name__)
        _write_failure(job, error)
        return False
    return True


def _write_failure(job: Leased, error: Exception) -> None:
    wait_us = min(BACK_OFF_FIRST_US * 2 ** (job.attempts - 1), BACK_OFF_MAX_US)
    moment_us = now_us()
    Job.objects.filter(pk=job.pk, lease=job.lease).update(
        lease="",
        leased_until_us=0,
        due_us=moment_us + wait_us,
        last_error=type(error).__name__[:500],
        dead_us=moment_us if job.attempts >= ATTEMPTS_MAX else None,
    )


def work_once() -> int:
    """Leases and does what is due, one after the other; returns how many jobs were done."""
    return sum(run(job) for job in lease_due())


def revive(pk: int) -> None:
    """A person sends a dead job on its way again."""
    Job.objects.filter(pk=pk, dead_us__isnull=False).update(
        dead_us=None, attempts=0, due_us=now_us(), leased_until_us=0, lease=""
    )
