"""How the people of the tests sign in: through the same pages as anybody."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from bitp.desk.staff.models import Member
from bitp.identity import factors, one_time_code
from bitp.identity.models import AcceptedStep, User
from bitp.identity.sessions import SessionStore
from bitp.lib import clock
from tests.identity.soft_authenticator import SoftAuthenticator

PASSWORD = "a horse, a battery and a staple"
JSON: dict[str, Any] = {"content_type": "application/json", "HTTP_ACCEPT": "application/json"}
PAGE: dict[str, Any] = {"HTTP_ACCEPT": "text/html,*/*"}


def code_now(authenticator: Authenticator, steps: int = 0) -> str:
    """The code the app shows now, or so many steps later."""
    step = int(clock.now_us() // 1_000_000 // one_time_code.STEP_S) + steps
    return one_time_code.code_at(factors.secret_of(authenticator), step)


def unused_code(authenticator: Authenticator) -> str:
    """A code that will be accepted, whatever was used before in this test."""
    AcceptedStep.objects.filter(authenticator=authenticator).delete()
    return code_now(authenticator)


def give_authenticator(user: User) -> Authenticator:
    """An authenticator app for the user."""
    return factors.add_authenticator(user, factors.new_secret())


def give_passkey(
    user: User, origin: str = "", device: SoftAuthenticator | None = None
) -> SoftAuthenticator:
    """A passkey for the user, as if made long ago."""
    device = device or SoftAuthenticator(origin or settings.ORIGIN)
    handle = secrets.token_bytes(32)
    from fido2.utils import websafe_encode

    answer = device.make({"publicKey": {"user": {"id": websafe_encode(handle)}, "challenge": "AA"}})
    factors.add_passkey(user, "1", {"credential": answer, "handle": websafe_encode(handle)})
    return device


def sign_in_staff(client: Client, member: Member) -> Client:
    """The member signs in with a passkey, which they get if they had none."""
    device = give_passkey(member.user)
    options = client.post("/console/sign-in/options", **JSON).json()
    answer = prove(client, device, options)
    assert answer.status_code == 200, answer.content
    return client


def prove(
    client: Client, device: SoftAuthenticator, options: dict[str, Any], next_path: str = ""
) -> Any:
    """The device's answer to the options goes to the server."""
    body = {"credential": device.sign(options), "next": next_path}
    return client.post("/console/sign-in/passkey", body, **JSON)


def sign_in_customer(client: Client, user: User) -> Client:
    """The customer signs in with a password; they must not have an authenticator."""
    user.set_password(PASSWORD)
    user.save()
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.content
    return client


def console_session(client: Client) -> SessionStore:
    """The staff session of this browser, to be looked into or aged."""
    return SessionStore(client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value, "staff")


def age(client: Client, name: str, by_s: int) -> None:
    """Makes what the session remembers that much older."""
    session = console_session(client)
    session[name] = int(session[name]) - by_s * 1_000_000
    session.save()
