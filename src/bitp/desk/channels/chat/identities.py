"""A host site's word for its user: a JSON Web Token signed with the inbox's secret.

Claims: ``aud`` the inbox's key · ``sub`` the host's own id of the user · ``iat`` and ``exp``
(at most 24 hours later) · optional ``name``, ``email`` and ``signed_in_at`` (seconds since the
epoch: when the user last proved who they are; without it, or when it is older than 12 hours,
the word counts as a mere claim). Anything else than a good token is an anonymous visitor.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import Any

import jwt

from bitp.desk.channels.models import Inbox

# Only this one: a token must not choose how it is checked.
ALGORITHM = "HS256"
# RFC 7518 asks for a key as long as the hash; a shorter one is no secret.
SECRET_BYTES_MIN = 32
LIFETIME_MAX_S = 24 * 3600
# Clocks of two sites differ by this at most.
LEEWAY_S = 60
SUBJECT_CHARACTERS_MAX = 128
TOKEN_CHARACTERS_MAX = 4_096


@dataclass(frozen=True, slots=True)
class HostIdentity:
    """Whom the host names, until when (seconds since the epoch), and the word's own id."""

    subject: str
    name: str
    email: str
    signed_in_at_s: int
    expires_at_s: int
    session: str


def find_host_identity(inbox: Inbox, token: str) -> HostIdentity | None:
    """Whom a good token names; None for every other."""
    claims = _claims(inbox, token)
    if claims is None or not _is_sound(claims):
        return None
    subject = claims["sub"]
    # The word may be renewed while the talk goes on: the session is the host's user.
    session = hashlib.sha256(f"host:{inbox.key}:{subject}".encode()).hexdigest()[:32]
    return HostIdentity(
        subject=subject,
        name=_text(claims.get("name")),
        email=_text(claims.get("email")),
        signed_in_at_s=_signed_in_at(claims),
        expires_at_s=int(claims["exp"]),
        session=session,
    )


def _claims(inbox: Inbox, token: str) -> dict[str, Any] | None:
    secret = inbox.host_secret.encode()
    if len(secret) < SECRET_BYTES_MIN or not 0 < len(token) <= TOKEN_CHARACTERS_MAX:
        return None
    try:
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=inbox.key,
            leeway=LEEWAY_S,
            options={"require": ["aud", "exp", "iat", "sub"], "strict_aud": True},
        )
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError, RecursionError):
        return None


def _is_sound(claims: dict[str, Any]) -> bool:
    subject = claims["sub"]
    is_named = isinstance(subject, str) and 0 < len(subject) <= SUBJECT_CHARACTERS_MAX
    left_s = int(claims["exp"]) - time.time()
    return is_named and subject.isprintable() and left_s <= LIFETIME_MAX_S + LEEWAY_S


def _signed_in_at(claims: dict[str, Any]) -> int:
    """A time in the future proves nothing."""
    told = claims.get("signed_in_at")
    if not isinstance(told, int) or isinstance(told, bool):
        return 0
    return told if 0 < told <= time.time() + LEEWAY_S else 0


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
