"""Who asks: a program with a token, judged anew at every request."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from ninja.security import HttpBearer

from bitp.desk.api.changes import note_use
from bitp.desk.api.errors import BadApiToken, NoScope, TooManyRequests
from bitp.desk.api.limits import Standing, count_request
from bitp.desk.api.models import ApiToken
from bitp.desk.api.queries import find_token
from bitp.desk.staff.models import Member

CHALLENGE = 'Bearer realm="bitp"'


class ProgramRequest(HttpRequest):
    """A request of a program: its token, the scopes it has, on whose behalf it acts."""

    auth: ApiToken
    scopes: frozenset[str]
    member: Member
    standing: Standing


class Token(HttpBearer):
    """A token with all of the named scopes; without any: any token that is good."""

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def __call__(self, request: HttpRequest) -> ApiToken:
        """The token of the request; raises BadApiToken, TooManyRequests, NoScope."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        token = find_token(secret.strip()) if scheme.lower() == "bearer" else None
        if token is None:
            raise BadApiToken({"WWW-Authenticate": CHALLENGE})
        return self._admit(request, token)

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """Unused: __call__ does all of it, so that what is wrong can be said."""
        raise NotImplementedError

    def _admit(self, request: HttpRequest, token: ApiToken) -> ApiToken:
        request.standing = standing = count_request(token.pk)  # type: ignore[attr-defined]
        if standing.retry_s:
            raise TooManyRequests(retry_s=standing.retry_s)
        check_scopes(token.scope_names(), self.scopes)
        request.scopes = token.scope_names()  # type: ignore[attr-defined]
        request.member = token.owner  # type: ignore[attr-defined]
        note_use(token)
        return token


def check_scopes(has: frozenset[str], needed: Iterable[str]) -> None:
    """Raises NoScope, naming what is missing."""
    missing = sorted(set(needed) - has)
    if missing:
        names = " ".join(missing)
        challenge = f'{CHALLENGE}, error="insufficient_scope", scope="{names}"'
        raise NoScope({"WWW-Authenticate": challenge}, scope=names)
