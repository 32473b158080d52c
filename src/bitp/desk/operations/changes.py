"""A person sends dead jobs on their way again, or lets them go."""

from __future__ import annotations

from django.db import transaction

from bitp.desk.staff.changes import By
from bitp.events import jobs
from bitp.events.log import Fact, append
from bitp.events.models import Job

# In one go: each of them is tried again at once.
REVIVED_AT_ONCE = 1_000


def revive(job_id: int, by: By) -> bool:
    """Tries a dead job again; whether there was one."""
    return _revive([job_id], by) == 1


def revive_all(by: By) -> int:
    """Tries every dead job again, at most REVIVED_AT_ONCE; returns how many."""
    dead = Job.objects.filter(dead_us__isnull=False).order_by("dead_us")
    return _revive(list(dead.values_list("pk", flat=True)[:REVIVED_AT_ONCE]), by)


def drop(job_id: int, by: By) -> bool:
    """What a dead job was to do is never done; whether there was one."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, dead_us__isnull=False).first()
        if job is None:
            return False
        job.delete()
        facts = {"kind": job.kind, "key": job.key, "error": job.last_error}
        append([Fact("job.dropped", facts, envelope=by.envelope())])
    return True


def _revive(keys: list[int], by: By) -> int:
    with transaction.atomic():
        dead = Job.objects.select_for_update().filter(pk__in=keys, dead_us__isnull=False)
        found = list(dead.values_list("pk", "kind", "key"))
        for pk, _, _ in found:
            jobs.revive(pk)
        append(
            [
                Fact("job.revived", {"kind": kind, "key": key}, envelope=by.envelope())
                for _, kind, key in found
            ]
        )
    return len(found)
