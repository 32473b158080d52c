"""Proving to be a member of the staff: by a passkey, or where allowed by a one-time code."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest

from bitp.desk.staff.errors import NotProved, TooManyTries, WrongCode
from bitp.desk.staff.queries import find_code_factor, staff_passkeys
from bitp.identity import factors, one_time_code, passkeys, tries
from bitp.identity.models import User
from bitp.identity.sealing import seal
from bitp.lib import clock

# Compared with when nobody has the address, so that both take the same time.
_NOBODYS_SECRET = factors.new_secret()


def options(request: HttpRequest) -> dict[str, Any]:
    """What the browser needs to ask for a passkey; while somebody is signed in, for theirs."""
    user = request.user
    own = factors.passkeys_of(user) if isinstance(user, User) else ()
    return passkeys.begin_proof(request, own)


def by_passkey(request: HttpRequest, answer: object) -> Authenticator:
    """Whose passkey signed. While somebody is signed in, only their own. Raises NotProved."""
    among = staff_passkeys()
    user = request.user
    if isinstance(user, User):
        among = among.filter(user_id=user.pk)
    try:
        return passkeys.finish_proof(request, answer, among)
    except passkeys.WrongPasskey as error:
        raise NotProved from error


def by_code(
    email: str, code: str, address: str, scope: tries.Scope = tries.STAFF_CODE
) -> Authenticator:
    """Whose authenticator shows this code; ``scope``: which tries it counts among;
    ``address``: the network it comes from (bitp.lib.allowance.address_of).

    Raises WrongCode, TooManyTries.
    """
    if not settings.STAFF_AUTHENTICATOR:
        raise WrongCode
    try:
        spent = tries.spend(tries.ADDRESS, address)
        tries.spend(scope, email)
    except tries.TooManyTries as error:
        raise TooManyTries from error
    found = _find_by_code(email, code)
    if found is None:
        raise WrongCode
    tries.forgive(scope, email)
    tries.give_back(spent)
    return found


def _find_by_code(email: str, code: str) -> Authenticator | None:
    found = find_code_factor(email)
    if found is not None:
        return found if one_time_code.accept(found, code) else None
    seal(_NOBODYS_SECRET, one_time_code.PURPOSE)
    one_time_code.matching_steps(_NOBODYS_SECRET, code, clock.now_us() / 1_000_000)
    return None
