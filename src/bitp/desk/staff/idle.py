"""The lock after a quarter of an hour without a key or a pointer event, kept on the server.

A timer per session looks when it would be idle. If it is, the log says so, which cuts its
sockets; pages and calls are refused by the rights from the same moment on.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from bitp.desk.staff.models import Member
from bitp.events import jobs
from bitp.events.log import Fact, append
from bitp.identity.models import STAFF, Session
from bitp.identity.sessions import ACTIVE_US, SessionStore, envelope_of, session_id
from bitp.lib import clock

JOB = "staff.idle"
# Activity is written down at most this often.
ACTIVITY_US = 60 * 1_000_000


def watch(session: str, active_us: int) -> None:
    """Plans the look at a session (its public id); inside the transaction that starts it."""
    due_us = active_us + settings.STAFF_IDLE_S * 1_000_000
    jobs.put(JOB, f"{JOB}:{session}:{due_us}", {"session": session}, due_us)


def note(request: HttpRequest) -> bool:
    """Keeps the lock away; True when it was written down, False when that was just done."""
    moment_us = clock.now_us()
    if moment_us - int(request.session.get(ACTIVE_US, 0)) < ACTIVITY_US:
        return False
    request.session[ACTIVE_US] = moment_us
    Member.objects.filter(user__pk=request.user.pk or 0).update(seen_us=moment_us)
    return True


def lock(request: HttpRequest) -> None:
    """Locks this session now."""
    with transaction.atomic():
        request.session[ACTIVE_US] = 0
        request.session.save()
        _append_locked(session_id(request))


def look(session: str) -> None:
    """Locks the session if it is idle, else plans the next look; inside the job's transaction."""
    row = Session.objects.filter(session_key__startswith=session, side=STAFF).first()
    if row is None or row.expire_date < clock.now():
        return
    active_us = int(SessionStore(side=STAFF).decode(row.session_data).get(ACTIVE_US, 0))
    if clock.now_us() - active_us < settings.STAFF_IDLE_S * 1_000_000:
        watch(session, active_us)
    elif active_us:
        _append_locked(session)


def _append_locked(session: str) -> None:
    row = Session.objects.select_related("user").get(session_key__startswith=session)
    assert row.user is not None
    facts = {"session": session, "user": row.user.pk}
    append([Fact("session.locked", facts, envelope=envelope_of(row.user, session))])
