"""Finding tokens: the one a request shows, and those an operator looks over."""

from __future__ import annotations

import hashlib

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from bitp.desk.api.models import ApiToken
from bitp.desk.api.rows import find_token_row
from bitp.lib.clock import now_us

TOKENS_PER_PAGE = 25
# Longer than any token; nothing longer is hashed.
TOKEN_CHARACTERS_MAX = 200


def usable_tokens() -> QuerySet[ApiToken]:
    """Tokens that let a program in now: neither revoked nor over, their owner still here."""
    lasting = Q(expires_us=0) | Q(expires_us__gt=now_us())
    return ApiToken.objects.filter(lasting, revoked_us=0, owner__user__is_active=True)


def find_token(secret: str) -> ApiToken | None:
    """The token, with its owner, if it lets a program in now."""
    if not 0 < len(secret) <= TOKEN_CHARACTERS_MAX:
        return None
    return find_token_row(hash_of(secret), now_us())


def hash_of(secret: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def is_usable(token: ApiToken) -> bool:
    """Whether the token still lets its program in."""
    return usable_tokens().filter(pk=token.pk).exists()


def tokens(page: int) -> Page[ApiToken]:
    """All tokens, a page of them: those not revoked first, the newest of each first."""
    rows = ApiToken.objects.select_related("owner__user", "revoked_by")
    return Paginator(rows.order_by("revoked_us", "-pk"), TOKENS_PER_PAGE).get_page(page)
