"""Sessions: one store for both sides, what a session remembers, and how it starts and ends.

The cookie holds a random key; the database holds only its hash, so that neither a backup nor a
read-only leak opens a session. The first 32 digits of that hash are the session's public id.
"""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import auth
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest

from bitp.events.log import Envelope, Fact, append
from bitp.identity import tries
from bitp.identity.models import CUSTOMER, STAFF, Session, User
from bitp.identity.sides import get_side
from bitp.lib import clock

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# What a session remembers besides Django's own: microseconds, and the factor's kind and row.
SIGNED_IN_US = "signed_in_us"
PROVED_US = "proved_us"
ACTIVE_US = "active_us"
FACTOR = "factor"

STORED_KEY_LENGTH = 40
ID_LENGTH = 32
# Out-of-date rows removed with one sign-in: the table stays small and no sign-in waits for it.
SWEPT_AT_ONCE = 200


class UserGone(Exception):
    """The user was deactivated while signing in."""


class SessionStore(SessionBase):
    """Sessions of one side. A key of the other side finds nothing."""

    def __init__(self, session_key: str | None = None, side: str = CUSTOMER) -> None:
        super().__init__(session_key)
        self.side = side
        self._stored = ""

    @property
    def key_salt(self) -> str:
        return f"bitp.session.{self.side}"

    def get_session_cookie_age(self) -> int:
        return get_side(self.side).age_s

    def load(self) -> dict[str, Any]:
        row = Session.objects.filter(
            session_key=_hash(self.session_key),
            side=self.side,
            expire_date__gt=clock.now(),
        ).first()
        if row is None:
            self._session_key = None
            return {}
        self._stored = row.session_data
        return self.decode(row.session_data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=_hash(session_key)).exists()

    def create(self) -> None:
        self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        row = Session(
            session_key=_hash(self.session_key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            side=self.side,
            user_id=data.get(auth.SESSION_KEY),
        )
        try:
            with transaction.atomic():
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError as error:
            raise CreateError from error
        except DatabaseError as error:
            if must_create:
                raise
            raise UpdateError from error
        self._stored = row.session_data
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(session_key=_hash(key)).delete()

    def take(self, name: str) -> Any:
        """Removes a value for good and returns it; of several requests at once only one gets it.

        The others, and a session without the value, get None.
        """
        value = self.get(name)
        if value is None or not self.change(name, None):
            return None
        return value

    def change(self, name: str, value: Any) -> bool:
        """Writes one value at once (None removes it), unless another request changed the row.

        False: it did, and nothing was written.
        """
        data = {key: each for key, each in self.items() if key != name}
        if value is not None:
            data[name] = value
        encoded = self.encode(data)
        row = Session.objects.filter(session_key=_hash(self.session_key))
        if not row.filter(session_data=self._stored).update(session_data=encoded):
            return False
        self._stored, self._session_cache = encoded, data
        return True

    @classmethod
    def clear_expired(cls) -> None:
        late = Session.objects.filter(expire_date__lt=clock.now()).select_related("user")
        rows = list(late[:SWEPT_AT_ONCE])
        with transaction.atomic():
            Session.objects.filter(session_key__in=[row.session_key for row in rows]).delete()
            for row in rows:
                if row.user is not None:
                    append_ended(row.user, [row.session_key[:ID_LENGTH]], "expired")


def session_id(request: HttpRequest) -> str:
    """The public id of this browser's session; empty where there is none yet."""
    key = request.session.session_key
    return _hash(key)[:ID_LENGTH] if key else ""


def start_session(request: HttpRequest, user: User, factor: str) -> None:
    """Signs the user in, in a new session that keeps nothing of what this browser had before.

    ``factor`` names what proved it, such as ``passkey:7``. A session of staff ends at a fixed
    time whatever happens. Raises UserGone.
    """
    with transaction.atomic():
        if not User.objects.select_for_update().filter(pk=user.pk, is_active=True).exists():
            raise UserGone
        SessionStore.clear_expired()
        tries.sweep()
        request.session.flush()
        auth.login(request, user, backend=BACKEND)
        mark_signed_in(request, user, factor)
        request.session.save()


def mark_signed_in(request: HttpRequest, user: User, factor: str) -> None:
    """Writes into the session, and into the log, who signed in, when and with what."""
    moment_us = clock.now_us()
    request.session.update(
        {SIGNED_IN_US: moment_us, PROVED_US: moment_us, ACTIVE_US: moment_us, FACTOR: factor}
    )
    if user.kind == STAFF:
        request.session.set_expiry(clock.from_us(moment_us + get_side(STAFF).age_s * 1_000_000))
    kind = factor.partition(":")[0]
    facts = {"session": session_id(request), "user": user.pk, "factor": kind}
    append([Fact("session.started", facts, envelope=envelope_of(user, session_id(request)))])


def renew_session(request: HttpRequest, factor: str) -> None:
    """The same person proved it again: a new key, the old one ends, the end stays where it was."""
    user = request.user
    assert isinstance(user, User)
    with transaction.atomic():
        append_ended(user, [session_id(request)], "renewed")
        request.session.cycle_key()
        moment_us = clock.now_us()
        request.session.update({PROVED_US: moment_us, ACTIVE_US: moment_us, FACTOR: factor})
        request.session.save()


def end_session(request: HttpRequest) -> None:
    """Signs out: the session is gone and its sockets are cut. Without one nothing happens."""
    user = request.user
    with transaction.atomic():
        if isinstance(user, User):
            append_ended(user, [session_id(request)], "signed_out")
        auth.logout(request)


def end_sessions_of(user: User, why: str) -> int:
    """Ends every session of the user and returns how many; must run inside a transaction."""
    rows = Session.objects.select_for_update().filter(user=user)
    ids = [key[:ID_LENGTH] for key in rows.values_list("session_key", flat=True)]
    rows.delete()
    append_ended(user, ids, why)
    return len(ids)


def envelope_of(user: User, session: str = "") -> Envelope:
    """The user as the one who acts, before any domain gave them another name."""
    return Envelope(user.kind, f"user:{user.pk}", session)


def append_ended(user: User, ids: list[str], why: str) -> None:
    """Says in the log that these sessions are over, which cuts what is bound to them."""
    append(
        [
            Fact(
                "session.ended",
                {"session": each, "user": user.pk, "why": why},
                envelope=envelope_of(user, each),
            )
            for each in ids
        ]
    )


def _hash(key: str | None) -> str:
    return hashlib.sha256((key or "").encode()).hexdigest()[:STORED_KEY_LENGTH]
