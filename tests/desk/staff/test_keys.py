"""A member looks after their own ways to sign in at /console/keys/."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client

from bitp.desk.staff.models import Member
from bitp.events.models import Event
from bitp.identity import factors
from tests.identity.signing_in import JSON, PAGE, give_passkey, sign_in_staff
from tests.identity.soft_authenticator import SoftAuthenticator
from tests.people import make_member

pytestmark = pytest.mark.django_db

KEYS = "/console/keys/"


@pytest.fixture
def carol() -> Member:
    return make_member("Carol")


@pytest.fixture
def console(client: Client, carol: Member) -> Client:
    return sign_in_staff(client, carol)


def add(client: Client, device: SoftAuthenticator, name: str = "blue key") -> Any:
    options = client.post(f"{KEYS}options", **JSON).json()
    body = {"credential": device.make(options), "name": name}
    return client.post(f"{KEYS}add", body, **JSON)


def test_carol_adds_a_second_passkey_and_signs_in_with_it(console: Client, carol: Member) -> None:
    device = SoftAuthenticator(settings.ORIGIN)
    assert add(console, device).json() == {"next": KEYS}
    assert "blue key" in console.get(KEYS, **PAGE).content.decode()
    other = Client()
    options = other.post("/console/sign-in/options", **JSON).json()
    body = {"credential": device.sign(options)}
    assert other.post("/console/sign-in/passkey", body, **JSON).status_code == 200
    assert Event.objects.filter(kind="staff.factor_added", actor=str(carol.pk)).exists()


def test_the_browser_is_told_which_keys_are_there_already(console: Client) -> None:
    options = console.post(f"{KEYS}options", **JSON).json()["publicKey"]
    assert len(options["excludeCredentials"]) == 1
    assert options["authenticatorSelection"]["residentKey"] == "required"


def test_the_last_way_in_stays(console: Client, carol: Member) -> None:
    [only] = factors.factors_of(carol.user)
    console.post(f"{KEYS}{only.pk}/remove", **PAGE)
    assert list(factors.factors_of(carol.user)) == [only]
    assert not Event.objects.filter(kind="staff.factor_removed").exists()


def test_a_removed_passkey_signs_nobody_in(console: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    lost = factors.passkeys_of(carol.user).last()
    assert lost is not None
    console.post(f"{KEYS}{lost.pk}/remove", **PAGE)
    other = Client()
    options = other.post("/console/sign-in/options", **JSON).json()
    body = {"credential": device.sign(options)}
    assert other.post("/console/sign-in/passkey", body, **JSON).status_code == 400
    assert Event.objects.filter(kind="staff.factor_removed").exists()


def test_nobody_removes_somebody_elses(console: Client) -> None:
    dave = make_member("Dave")
    for _ in range(2):
        give_passkey(dave.user)
    theirs = factors.passkeys_of(dave.user)[0]
    assert console.post(f"{KEYS}{theirs.pk}/remove", **PAGE).status_code == 404
    assert factors.passkeys_of(dave.user).count() == 2


def test_nobody_registers_the_key_of_somebody_else(console: Client) -> None:
    """A key id that is known already would make two people one."""
    dave = make_member("Dave")
    theirs = give_passkey(dave.user)
    mallory = SoftAuthenticator(settings.ORIGIN, credential_id=theirs.credential_id)
    assert add(console, mallory).status_code == 400
    assert Authenticator.objects.count() == 2


def test_there_is_an_end_to_passkeys(console: Client, carol: Member) -> None:
    for _ in range(factors.PASSKEYS_MAX - 1):
        give_passkey(carol.user)
    assert add(console, SoftAuthenticator(settings.ORIGIN)).json()["code"] == "too_many_passkeys"
    assert factors.passkeys_of(carol.user).count() == factors.PASSKEYS_MAX


def test_a_name_is_shown_as_text(console: Client) -> None:
    add(console, SoftAuthenticator(settings.ORIGIN), "<img src=x onerror=alert(1)>" * 3)
    page = console.get(KEYS, **PAGE).content.decode()
    assert "<img src=x" not in page
