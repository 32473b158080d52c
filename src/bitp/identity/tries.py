"""Failed tries: counted per identifier that was typed, whether it exists or not.

A try is counted before it is judged, by one statement, so that fifty at once are five tries and
forty-five refusals. The row of an identifier holds only its keyed hash.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection

from bitp.identity.models import FailedTries
from bitp.lib import clock

MINUTE_US = 60 * 1_000_000
HOUR_US = 60 * MINUTE_US
# How long the first, the second and every later lock lasts.
LOCKS_US = (5 * MINUTE_US, 30 * MINUTE_US, 24 * HOUR_US)
# A row untouched for this long is forgotten; longer than the longest lock.
FORGET_US = 48 * HOUR_US
SWEPT_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """What is being tried. ``allowed``: tries before a lock, and again after each lock."""

    name: str
    allowed: int


STAFF_CODE = Scope("staff_code", 5)
# Only a browser that is signed in tries these: a stranger at the sign-in cannot keep a colleague
# from reopening their own console.
STAFF_UNLOCK = Scope("staff_unlock", 5)
CUSTOMER_PASSWORD = Scope("customer_password", 5)
CUSTOMER_CODE = Scope("customer_code", 5)
# Many people sit behind one address: this only slows a machine that tries many identifiers.
ADDRESS = Scope("address", 100)


class TooManyTries(Exception):
    """Locked until ``until``; said in the same words whether the identifier exists or not."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until


@dataclass(frozen=True, slots=True)
class Try:
    """One that was counted. ``lock_us``: until when it locked its identifier; 0: it did not."""

    scope: Scope
    identifier: str
    lock_us: int


# Rows are compared as they were before the statement, so each case speaks of the old count.
SPEND = """
INSERT INTO identity_failedtries (scope, identifier, count, since_us, locked_until_us)
VALUES (%(scope)s, %(identifier)s, 1, %(now)s, 0)
ON CONFLICT (scope, identifier) DO UPDATE SET
  count = CASE WHEN identity_failedtries.since_us < %(forgotten)s THEN 1
               ELSE identity_failedtries.count + 1 END,
  since_us = %(now)s,
  locked_until_us = CASE
    WHEN identity_failedtries.since_us < %(forgotten)s THEN 0
    WHEN (identity_failedtries.count + 1) %% %(allowed)s <> 0 THEN 0
    WHEN (identity_failedtries.count + 1) / %(allowed)s = 1 THEN %(first)s
    WHEN (identity_failedtries.count + 1) / %(allowed)s = 2 THEN %(second)s
    ELSE %(last)s END
WHERE identity_failedtries.locked_until_us <= %(now)s
RETURNING locked_until_us
"""
# A lock that came since then belongs to somebody else's try, and stays.
GIVE_BACK = """
UPDATE identity_failedtries SET count = count - 1,
  locked_until_us = CASE WHEN locked_until_us = %s THEN 0 ELSE locked_until_us END
WHERE scope = %s AND identifier = %s AND count > 0
"""


def spend(scope: Scope, identifier: str, at_us: int | None = None) -> Try:
    """Counts one try about to be made; raises TooManyTries, and counts nothing, while locked.

    The last allowed try already locks; a success takes that back (``forgive``, ``give_back``).
    """
    now_us = clock.now_us() if at_us is None else at_us
    values: dict[str, str | int] = {
        "scope": scope.name,
        "identifier": hashed(identifier),
        "now": now_us,
        "allowed": scope.allowed,
        "forgotten": now_us - FORGET_US,
        **{
            name: now_us + lasts_us
            for name, lasts_us in zip(("first", "second", "last"), LOCKS_US, strict=True)
        },
    }
    with connection.cursor() as cursor:
        cursor.execute(SPEND, values)
        row = cursor.fetchone()
    if row is not None:
        return Try(scope, identifier, row[0])
    raise TooManyTries(clock.from_us(_locked_until_us(scope, identifier)))


def forgive(scope: Scope, identifier: str) -> None:
    """The right one came: nothing is held against this identifier any more."""
    FailedTries.objects.filter(scope=scope.name, identifier=hashed(identifier)).delete()


def give_back(spent: Try) -> None:
    """The try was good; all others of its scope and identifier stay counted, and so do locks.

    For addresses: else whoever owns one account could try others without end.
    """
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, [spent.lock_us, spent.scope.name, hashed(spent.identifier)])


def sweep() -> None:
    """Removes some of the rows that no longer count."""
    old = FailedTries.objects.filter(since_us__lt=clock.now_us() - FORGET_US)
    some = list(old.values_list("pk", flat=True)[:SWEPT_AT_ONCE])
    FailedTries.objects.filter(pk__in=some).delete()


def hashed(identifier: str) -> str:
    """What stands in the row for an identifier: nothing typed is kept."""
    plain = identifier.strip().casefold().encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"tries:" + plain, hashlib.sha256).hexdigest()


def _locked_until_us(scope: Scope, identifier: str) -> int:
    row = FailedTries.objects.filter(scope=scope.name, identifier=hashed(identifier)).first()
    return row.locked_until_us if row else clock.now_us()
