"""What searching writes: who searched beyond their queues, and why."""

from __future__ import annotations

from django.db import transaction

from bitp.desk.search.asked import Asked
from bitp.desk.search.errors import NeedsReason
from bitp.desk.search.models import Widening
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact, append
from bitp.lib.canonical import new_salt, salted_digest
from bitp.lib.clock import now_us

# A reason shorter than this says nothing; a longer one is cut by nobody, but refused.
REASON_CHARACTERS_MIN, REASON_CHARACTERS_MAX = 8, 300
# The wider search ends by itself.
WIDE_US = 15 * 60 * 1_000_000
# Supervisors and operators follow it.
STREAMS = ("operations",)


def widen(member: Member, reason: str, session: str = "") -> Widening:
    """The supervisor may search all conversations for a while; raises NeedsReason.

    The reason is kept beside the log, which has only its digest.
    """
    reason = " ".join(reason.split())
    if not REASON_CHARACTERS_MIN <= len(reason) <= REASON_CHARACTERS_MAX:
        raise NeedsReason
    moment_us = now_us()
    with transaction.atomic():
        widening = Widening.objects.create(
            member=member,
            reason=reason,
            salt=new_salt(),
            began_us=moment_us,
            until_us=moment_us + WIDE_US,
        )
        facts = {"widening": widening.pk, "member": member.pk, "until_us": widening.until_us}
        _append("search.widened", facts, widening, reason, session)
    return widening


def record_wide_search(widening: Widening, asked: Asked, found: int, session: str = "") -> None:
    """The fact that a wider search was made and how much it found; of its words the digest."""
    facts = {"widening": widening.pk, "member": widening.member_id, "found": found}
    with transaction.atomic():
        _append("search.ran_wide", facts, widening, asked.words, session)


def _append(kind: str, facts: dict[str, int], widening: Widening, words: str, session: str) -> None:
    by = Envelope("staff", str(widening.member_id), session)
    append([Fact(kind, facts, STREAMS, by, digest=salted_digest(widening.salt, words))])
