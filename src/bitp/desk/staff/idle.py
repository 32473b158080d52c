"""The lock after a quarter of an hour without a key or a pointer event, kept on the server.

A timer per session looks when it would be idle. If it is, the log says so, which cuts its
sockets; pages and calls are refused by the rights from the same moment on.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from bitp.desk.staff.models import Member
from bitp.events import jobs
from bitp.identity.models import STAFF, Session, User
from bitp.identity.sessions import (
    ACTIVE_US,
    SessionStore,
    append_ended,
    session_id,
    start_session,
)
from bitp.lib import clock

JOB = "staff.idle"
# Activity is written down at most this often.
ACTIVITY_US = 60 * 1_000_000


def start(request: HttpRequest, user: User, factor: str) -> None:
    """Signs a member of the staff in, watched from the start. Raises UserGone."""
    with transaction.atomic():
        start_session(request, user, factor)
        watch(session_id(request), int(request.session[ACTIVE_US]))


def watch(session: str, active_us: int, ends_us: int = 0) -> None:
    """Plans the look at a session (its public id); inside the transaction that starts it.

    ``ends_us``: when it ends whatever happens, which may be sooner.
    """
    due_us = active_us + settings.STAFF_IDLE_S * 1_000_000
    due_us = min(due_us, ends_us or due_us)
    jobs.put(JOB, f"{JOB}:{session}:{due_us}", {"session": session}, due_us)


def note(request: HttpRequest) -> bool:
    """Keeps the lock away; False when that was just done, or the lock came first."""
    session = request.session
    assert isinstance(session, SessionStore)
    moment_us = clock.now_us()
    if moment_us - int(session.get(ACTIVE_US, 0)) < ACTIVITY_US:
        return False
    if not session.change(ACTIVE_US, moment_us):
        return False
    Member.objects.filter(user__pk=request.user.pk or 0).update(seen_us=moment_us)
    return True


def lock(request: HttpRequest) -> None:
    """Locks this session now."""
    with transaction.atomic():
        _lock(session_id(request))


def look(session: str) -> None:
    """Ends the session if its time is over, locks it if it is idle, else plans the next look.

    Inside the job's transaction.
    """
    row = _find_row(session)
    if row is None or row.user is None:
        return
    if row.expire_date <= clock.now():
        row.delete()
        append_ended(row.user, [session], "expired")
        return
    active_us = int(_data(row).get(ACTIVE_US, 0))
    if clock.now_us() - active_us < settings.STAFF_IDLE_S * 1_000_000:
        watch(session, active_us, clock.to_us(row.expire_date))
    elif active_us:
        _lock(session)


def _lock(session: str) -> None:
    """Under the row's lock: a sign of life on its way finds the row changed and is too late."""
    row = _find_row(session)
    if row is None or row.user is None:
        return
    row.session_data = SessionStore(side=STAFF).encode({**_data(row), ACTIVE_US: 0})
    row.save(update_fields=["session_data"])
    # Whoever comes back gets a new key, so what is bound to this one is over for good.
    append_ended(row.user, [session], "locked")


def _find_row(session: str) -> Session | None:
    rows = Session.objects.select_for_update(of=("self",)).select_related("user")
    return rows.filter(session_key__startswith=session, side=STAFF).first()


def _data(row: Session) -> dict[str, Any]:
    return SessionStore(side=STAFF).decode(row.session_data)
