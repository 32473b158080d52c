"""A person's factors: rows of allauth's table, written only here."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import quote, urlencode

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet
from django.utils import timezone

from bitp.identity import one_time_code
from bitp.identity.models import User
from bitp.identity.sealing import needs_old_key, seal, unseal

PASSKEY = Authenticator.Type.WEBAUTHN
CODE = Authenticator.Type.TOTP
ISSUER = "BitP"
# More than anybody carries; keeps one account from filling the table.
PASSKEYS_MAX = 10


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    """The user's passkeys, oldest first."""
    return Authenticator.objects.filter(user=user, type=PASSKEY).order_by("pk")


def factors_of(user: User) -> QuerySet[Authenticator]:
    """Everything that proves that it is them: passkeys and an authenticator."""
    return Authenticator.objects.filter(user=user, type__in=[PASSKEY, CODE]).order_by("pk")


def new_secret() -> str:
    """A fresh secret of an authenticator, base-32."""
    raw = secrets.token_bytes(one_time_code.SECRET_BYTES)
    return base64.b32encode(raw).decode()


def key_address(secret: str, account: str) -> str:
    """What the QR code says to an authenticator (the otpauth key address format)."""
    label = quote(f"{ISSUER}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': ISSUER})}"


def add_passkey(user: User, name: str, made: dict[str, Any]) -> Authenticator:
    """Keeps a passkey that ``passkeys.finish_registration`` returned."""
    added: Authenticator = Authenticator.objects.create(
        user=user, type=PASSKEY, data={**made, "name": name}
    )
    return added


def add_authenticator(user: User, secret: str) -> Authenticator:
    """Keeps an authenticator's secret, sealed. A second one for the same user is refused."""
    added: Authenticator = Authenticator.objects.create(
        user=user, type=CODE, data={"secret": seal_secret(secret)}
    )
    return added


def seal_secret(secret: str) -> str:
    """An authenticator's secret as the database holds it."""
    return seal(secret, one_time_code.PURPOSE)


def secret_of(authenticator: Authenticator) -> str:
    """The secret of an authenticator in clear; for the demo, which shows the current code."""
    return unseal(authenticator.data["secret"], one_time_code.PURPOSE)


def mark_used(authenticator: Authenticator) -> str:
    """Notes the time; returns the factor's name for the session, such as ``passkey:7``."""
    Authenticator.objects.filter(pk=authenticator.pk).update(last_used_at=timezone.now())
    kind = "passkey" if authenticator.type == PASSKEY else "code"
    return f"{kind}:{authenticator.pk}"


def reseal(after: int, most: int) -> tuple[int, int]:
    """Seals secrets of authenticators with the present key, as ``resealing.Part`` says."""
    rows = Authenticator.objects.select_for_update().filter(type=CODE, pk__gt=after)
    looked_at = list(rows.order_by("pk")[:most])
    old = [each for each in looked_at if is_readable_by_old_key_only(each)]
    for row in old:
        row.data["secret"] = seal_secret(secret_of(row))
        row.save(update_fields=["data"])
    return len(old), looked_at[-1].pk if len(looked_at) == most else 0


def count_under_old_keys() -> int:
    """Authenticators that would be lost if the key from before the rotation went now."""
    rows = Authenticator.objects.filter(type=CODE).iterator(chunk_size=1_000)
    return sum(is_readable_by_old_key_only(each) for each in rows)


def is_readable_by_old_key_only(authenticator: Authenticator) -> bool:
    """Whether it was sealed before the rotation."""
    return needs_old_key(authenticator.data["secret"], one_time_code.PURPOSE)
