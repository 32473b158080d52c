"""Passkeys (Web Authentication, level 3): user verification always, each challenge once.

The challenge waits in the session of the browser that asked for it and is taken out by the
first answer, good or bad.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bitp.events.log import Fact, append
from bitp.identity.sessions import SessionStore
from bitp.lib import clock

# A person needs seconds; a challenge left behind is worth nothing after this.
CHALLENGE_US = 5 * 60 * 1_000_000
HANDLE_BYTES = 32
REGISTERING = "passkey_registering"
PROVING = "passkey_proving"
# In a factor's data: the signatures its passkey had made when it was last used.
COUNT = "count"
REQUIRED = UserVerificationRequirement.REQUIRED


class WrongPasskey(Exception):
    """The answer does not fit: no or another challenge, origin, person, key or signature."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose passkey is made. handle: random bytes that mean nothing outside our table."""

    handle: bytes
    name: str
    shown: str


def begin_registration(
    request: HttpRequest, owner: Owner, known: Iterable[Authenticator] = ()
) -> dict[str, Any]:
    """Options for ``navigator.credentials.create``; ``known`` passkeys are not made again."""
    options, state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=owner.handle, name=owner.name, display_name=owner.shown),
        credentials=[_credential_of(each) for each in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=REQUIRED,
    )
    _remember(request, REGISTERING, {**state, "handle": websafe_encode(owner.handle)})
    return dict(options)


def finish_registration(request: HttpRequest, answer: object) -> dict[str, Any]:
    """What to keep of a new passkey (Authenticator.data without a name); raises WrongPasskey."""
    state = _take(request, REGISTERING)
    try:
        made = _server().register_complete(state, _mapping(answer))
        registration = RegistrationResponse.from_dict(_mapping(answer))
    except Exception as error:
        # The answer is a stranger's bytes through two parsers: whatever they say, it is wrong.
        raise WrongPasskey from error
    assert made.credential_data is not None
    identifier = websafe_encode(made.credential_data.credential_id)
    # One key id is one person: a second owner would shut the first one out.
    if _with_id(Authenticator.objects.all(), identifier).exists():
        raise WrongPasskey
    kept = {**dict(registration), "id": identifier}
    return {"credential": kept, "handle": state["handle"]}


def begin_proof(request: HttpRequest, known: Iterable[Authenticator] = ()) -> dict[str, Any]:
    """Options for ``navigator.credentials.get``; without ``known`` the person picks one."""
    credentials = [_credential_of(each) for each in known]
    options, state = _server().authenticate_begin(credentials or None, REQUIRED)
    _remember(request, PROVING, state)
    return dict(options)


def finish_proof(
    request: HttpRequest, answer: object, among: QuerySet[Authenticator]
) -> Authenticator:
    """The authenticator, one of ``among``, that signed our challenge; raises WrongPasskey.

    Also when its count of signatures did not grow: then somebody else has a copy of the key.
    """
    state = _take(request, PROVING)
    try:
        response = AuthenticationResponse.from_dict(_mapping(answer))
        found = _find(among, response)
        _server().authenticate_complete(state, [_credential_of(found)], response)
    except Exception as error:
        # As above.
        raise WrongPasskey from error
    if not _count_on(found, response.response.authenticator_data.counter):
        raise WrongPasskey
    return found


def _count_on(found: Authenticator, said: int) -> bool:
    """Keeps the count of signatures a passkey tells; False, and a fact in the log, if it fell back.

    A count that stands still is as bad (level 3, section 7.2), but for those that never count: 0.
    """
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=found.pk)
        known: int = row.data.get(COUNT, _authenticator_data_of(row).counter)
        if said > known:
            row.data[COUNT] = found.data[COUNT] = said
            row.save(update_fields=["data"])
        elif said or known:
            facts = {"factor": row.pk, "user": row.user_id, "known": known, "said": said}
            append([Fact("identity.passkey_copied", facts)])
            return False
    return True


def _find(among: QuerySet[Authenticator], response: AuthenticationResponse) -> Authenticator:
    found = _with_id(among, websafe_encode(response.raw_id)).select_related("user").get()
    said = response.response.user_handle
    if said is not None and websafe_encode(said) != found.data["handle"]:
        raise WrongPasskey
    return found


def _with_id(among: QuerySet[Authenticator], identifier: str) -> QuerySet[Authenticator]:
    return among.filter(type=Authenticator.Type.WEBAUTHN, data__credential__id=identifier)


def _credential_of(authenticator: Authenticator) -> AttestedCredentialData:
    credential = _authenticator_data_of(authenticator).credential_data
    assert credential is not None
    return credential


def _authenticator_data_of(authenticator: Authenticator) -> AuthenticatorData:
    """As it was when the passkey was made."""
    registration = RegistrationResponse.from_dict(authenticator.data["credential"])
    data: AuthenticatorData = registration.response.attestation_object.auth_data
    return data


def _server() -> Fido2Server:
    origin = settings.ORIGIN
    return Fido2Server(
        PublicKeyCredentialRpEntity(id=urlsplit(origin).hostname, name="BitP"),
        verify_origin=lambda said: said == origin,
    )


def _remember(request: HttpRequest, name: str, state: dict[str, Any]) -> None:
    request.session[name] = {**state, "until_us": clock.now_us() + CHALLENGE_US}
    if not request.user.is_authenticated:
        # A stranger's row is there for the challenge alone, and goes with it.
        request.session.set_expiry(CHALLENGE_US // 1_000_000)


def _take(request: HttpRequest, name: str) -> dict[str, Any]:
    assert isinstance(request.session, SessionStore)
    state: dict[str, Any] | None = request.session.take(name)
    if state is None or state.pop("until_us") < clock.now_us():
        raise WrongPasskey
    return state


def _mapping(answer: object) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise WrongPasskey
    return answer


__all__ = [
    "HANDLE_BYTES",
    "Owner",
    "WrongPasskey",
    "begin_proof",
    "begin_registration",
    "finish_proof",
    "finish_registration",
    "websafe_decode",
]
