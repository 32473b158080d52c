"""Whether members are at their console."""

from __future__ import annotations

from bitp.desk.staff.models import Member
from bitp.lib.clock import now_us

# Who stays at the console would otherwise write a row with every sign of life.
SEEN_EVERY_US = 60 * 1_000_000


def set_presence(member_id: int, state: str) -> None:
    """Stores the member's state, and that they were seen, without writing too often."""
    moment_us = now_us()
    same = Member.objects.filter(pk=member_id, state=state, seen_us__gt=moment_us - SEEN_EVERY_US)
    if not same.exists():
        Member.objects.filter(pk=member_id).update(state=state, seen_us=moment_us)
