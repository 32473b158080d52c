"""One-time codes of an authenticator (RFC 6238), each accepted once in all processes together.

A code is good in its own 30 seconds, the ones before and the ones after (a phone's clock may
drift). The highest accepted step of an authenticator is one row, raised by one conditional
statement: whoever comes second, with the same code or an older one, changes no row and is
refused, wherever and whenever that is.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import unicodedata

from allauth.mfa.models import Authenticator
from django.db import connection

from bitp.identity.sealing import unseal
from bitp.lib import clock

STEP_S = 30
# One step of drift either way.
DRIFT = (0, -1, 1)
DIGITS = 6
SECRET_BYTES = 20
PURPOSE = "authenticator"

RAISE = (
    "INSERT INTO identity_acceptedstep (authenticator_id, step) VALUES (%s, %s) "
    "ON CONFLICT (authenticator_id) DO UPDATE SET step = excluded.step "
    "WHERE identity_acceptedstep.step < excluded.step"
)


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """The code of a base-32 secret at a step (seconds since the epoch, divided by 30)."""
    mac = hmac.new(_key(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    offset = mac[-1] & 0x0F
    number = struct.unpack(">I", mac[offset : offset + 4])[0] & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}}"


def matching_steps(secret: str, code: str, at_s: float) -> list[int]:
    """The steps near the moment at which the secret's code is this one; mostly none or one."""
    typed = "".join(unicodedata.normalize("NFKC", code).split()).encode()
    now = int(at_s // STEP_S)
    return [
        now + drift
        for drift in DRIFT
        if hmac.compare_digest(typed, code_at(secret, now + drift).encode())
    ]


def accept(authenticator: Authenticator, code: str, at_s: float | None = None) -> bool:
    """Whether the code is this authenticator's, now, and never used before; uses it up."""
    secret = unseal(authenticator.data["secret"], PURPOSE)
    moment_s = clock.now_us() / 1_000_000 if at_s is None else at_s
    return any(
        _raise_step(authenticator.pk, step) for step in matching_steps(secret, code, moment_s)
    )


def _raise_step(authenticator_id: int, step: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [authenticator_id, step])
        return int(cursor.rowcount) == 1


def _key(secret: str) -> bytes:
    return base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
