"""Whether members are at their console: available, away or offline, and who went silent."""

from __future__ import annotations

from django.db import transaction

from bitp.desk.staff.models import Member
from bitp.events.log import SYSTEM, Envelope, Fact, append
from bitp.lib.clock import now_us

AVAILABLE, AWAY, OFFLINE = "available", "away", "offline"
# A console that was not heard of for this long is not there. It beats every 25 s.
SILENT_US = 60 * 1_000_000
# Every second beat would come too late to be sure; more rows than this would tell nothing.
SEEN_EVERY_US = 20 * 1_000_000


def set_presence(member_id: int, state: str) -> None:
    """Stores the member's state, and that they were seen, without writing too often.

    Another state than before is a fact, which routing acts on.
    """
    moment_us = now_us()
    row = Member.objects.filter(pk=member_id).values_list("state", "seen_us").first()
    if row is None or (row[0] == state and row[1] > moment_us - SEEN_EVERY_US):
        return
    if row[0] == state:
        Member.objects.filter(pk=member_id, state=state).update(seen_us=moment_us)
        return
    with transaction.atomic():
        if Member.objects.filter(pk=member_id, state=row[0]).update(state=state, seen_us=moment_us):
            append([_fact(member_id, row[0], state, Envelope("staff", str(member_id)))])


def send_silent_offline() -> int:
    """Members whose console fell silent are offline from now on; returns how many."""
    before_us = now_us() - SILENT_US
    silent = Member.objects.exclude(state=OFFLINE).filter(seen_us__lte=before_us)
    return sum(_send_offline(pk, was, before_us) for pk, was in silent.values_list("pk", "state"))


def _send_offline(member_id: int, was: str, before_us: int) -> bool:
    """Unless they were heard of meanwhile, or somebody else saw it first."""
    with transaction.atomic():
        still = Member.objects.filter(pk=member_id, state=was, seen_us__lte=before_us)
        if not still.update(state=OFFLINE):
            return False
        append([_fact(member_id, was, OFFLINE, SYSTEM)])
        return True


def _fact(member_id: int, was: str, state: str, by: Envelope) -> Fact:
    return Fact("staff.availability", {"member": member_id, "was": was, "state": state}, (), by)
