"""Every write about tokens, each with its event."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.db import transaction

from bitp.desk.api.errors import NoToken, TooManyTokens
from bitp.desk.api.models import ApiToken
from bitp.desk.api.queries import hash_of, usable_tokens
from bitp.desk.staff.changes import By
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact, append
from bitp.lib.clock import now_us
from bitp.lib.ids import READABLE

# Whoever finds such a text in a file or a log knows what it is, and so do secret scanners.
TOKEN_START = "bitp_"  # noqa: S105 - the beginning of every token, not one of them
PREFIX_LETTERS = 6
SECRET_BYTES = 32
# An installation has a handful of programs.
TOKENS_IN_USE_MAX = 100
DAY_US = 24 * 3600 * 1_000_000
# A row is not written for each request.
USED_EVERY_US = 60 * 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """The token somebody asks for; days: until it ends, 0 for never."""

    name: str
    scopes: tuple[str, ...]
    days: int


def create_token(wish: Wish, owner: Member, by: By) -> tuple[ApiToken, str]:
    """Makes a token that acts on behalf of ``owner``; the secret is returned this once.

    Raises TooManyTokens.
    """
    prefix = TOKEN_START + "".join(secrets.choice(READABLE) for _ in range(PREFIX_LETTERS))
    secret = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    moment_us = now_us()
    with transaction.atomic():
        if usable_tokens().count() >= TOKENS_IN_USE_MAX:
            raise TooManyTokens
        token = ApiToken.objects.create(
            name=wish.name,
            owner=owner,
            prefix=prefix,
            secret_hash=hash_of(secret),
            scopes=" ".join(wish.scopes),
            created_us=moment_us,
            expires_us=moment_us + wish.days * DAY_US if wish.days else 0,
        )
        facts = {"owner": owner.pk, "scopes": list(wish.scopes), "days": wish.days}
        append([Fact("api_token.created", {"token": token.pk, **facts}, envelope=by.envelope())])
    return token, secret


def revoke_token(token_id: int, by: By) -> None:
    """The token is worth nothing from now on. Raises NoToken, also when it already was revoked."""
    with transaction.atomic():
        gone = ApiToken.objects.filter(pk=token_id, revoked_us=0)
        if not gone.update(revoked_us=now_us(), revoked_by=by.member):
            raise NoToken
        append([Fact("api_token.revoked", {"token": token_id}, envelope=by.envelope())])


def revoke_tokens_of(member_id: int, cause: int) -> None:
    """Whoever leaves takes no program along; ``cause``: the event they left by."""
    with transaction.atomic():
        own = ApiToken.objects.filter(owner=member_id, revoked_us=0)
        ids = sorted(own.select_for_update().values_list("pk", flat=True))
        own.update(revoked_us=now_us())
        by = Envelope(cause=cause)
        append([Fact("api_token.revoked", {"token": pk}, envelope=by) for pk in ids])


def note_use(token: ApiToken) -> None:
    """Remembers that the token is in use, at most once a minute."""
    moment_us = now_us()
    if token.last_used_us > moment_us - USED_EVERY_US:
        return
    same = ApiToken.objects.filter(pk=token.pk, last_used_us=token.last_used_us)
    same.update(last_used_us=moment_us)
