"""An invitation is accepted at /console/join/…: never without a factor, and only once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bitp.desk.staff.changes import By, deactivate, invite, resend, withdraw
from bitp.desk.staff.invitations import link_to
from bitp.desk.staff.models import Invitation, Member
from bitp.events.models import Event
from bitp.identity import factors, one_time_code
from bitp.identity.models import User
from bitp.lib import clock
from tests.identity.signing_in import JSON, PAGE, give_passkey, sign_in_staff
from tests.identity.soft_authenticator import SoftAuthenticator
from tests.people import make_customer, make_member

pytestmark = pytest.mark.django_db

FRANK = "frank@staff.example.com"
PERSON = {"name": "Frank Li", "alias": "Frank"}


def path_to(invitation: Invitation) -> str:
    invitation.refresh_from_db()
    return link_to(invitation).removeprefix(settings.ORIGIN)


@pytest.fixture
def path() -> str:
    """Where Frank's link leads."""
    return path_to(invite(FRANK, "agent", By()))


def join(client: Client, path: str, device: SoftAuthenticator, **person: str) -> Any:
    options = client.post(f"{path}/options", person or PERSON, **JSON)
    if options.status_code != 200:
        return options
    body = {"credential": device.make(options.json()), **(person or PERSON)}
    return client.post(f"{path}/passkey", body, **JSON)


def nobody_joined() -> bool:
    return not User.objects.filter(email=FRANK).exists() and not Authenticator.objects.exists()


def test_frank_joins_with_a_passkey_and_is_in(client: Client, path: str) -> None:
    device = SoftAuthenticator(settings.ORIGIN)
    assert join(client, path, device).json() == {"next": "/console/"}
    member = Member.objects.get(user__email=FRANK)
    assert (member.role, member.alias, member.user.name) == ("agent", "Frank", "Frank Li")
    assert not member.user.has_usable_password()
    assert client.get("/console/keys/", **PAGE).status_code == 200
    joined = Event.objects.get(kind="staff.joined")
    assert "frank" not in joined.data.lower()
    assert joined.actor == str(member.pk)


def test_the_same_passkey_signs_frank_in_later(client: Client, path: str) -> None:
    device = SoftAuthenticator(settings.ORIGIN)
    join(client, path, device)
    client.post("/console/sign-out")
    options = client.post("/console/sign-in/options", **JSON).json()
    body = {"credential": device.sign(options)}
    assert client.post("/console/sign-in/passkey", body, **JSON).status_code == 200


def test_looking_changes_nothing(client: Client, path: str) -> None:
    for _ in range(3):
        assert client.get(path, **PAGE).status_code == 200
        assert client.head(path).status_code == 200
    assert nobody_joined()
    assert Invitation.objects.get().accepted_at is None


def test_the_page_is_kept_by_nobody_and_named_to_nobody(client: Client, path: str) -> None:
    page = client.get(path, **PAGE)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-cache" not in page.content.decode()
    assert 'content="noindex, nofollow"' in page.content.decode()


def test_a_link_works_once(client: Client, path: str) -> None:
    join(client, path, SoftAuthenticator(settings.ORIGIN))
    mallory = Client()
    again = join(mallory, path, SoftAuthenticator(settings.ORIGIN))
    assert again.status_code == 404
    assert mallory.get(path, **PAGE).status_code == 404
    assert Authenticator.objects.count() == 1


def test_a_link_is_too_old_after_seven_days(client: Client, path: str) -> None:
    Invitation.objects.update(expires_at=clock.now())
    assert client.get(path, **PAGE).status_code == 404
    assert join(client, path, SoftAuthenticator(settings.ORIGIN)).status_code == 404
    assert nobody_joined()


def test_a_link_that_expires_while_frank_types_does_not_let_him_in(
    client: Client, path: str
) -> None:
    options = client.post(f"{path}/options", PERSON, **JSON).json()
    Invitation.objects.update(expires_at=clock.now())
    body = {"credential": SoftAuthenticator(settings.ORIGIN).make(options), **PERSON}
    assert client.post(f"{path}/passkey", body, **JSON).status_code == 404
    assert nobody_joined()


def test_a_withdrawn_link_does_not_work(client: Client, path: str) -> None:
    withdraw(Invitation.objects.get().pk, By())
    assert join(client, path, SoftAuthenticator(settings.ORIGIN)).status_code == 404
    assert nobody_joined()


def test_sending_again_makes_a_new_link_and_voids_the_old(client: Client, path: str) -> None:
    invitation = Invitation.objects.get()
    resend(invitation.pk, By())
    fresh = path_to(invitation)
    assert fresh != path
    assert client.get(path, **PAGE).status_code == 404
    assert client.get(fresh, **PAGE).status_code == 200


def test_a_second_invitation_to_the_same_address_voids_the_first(client: Client, path: str) -> None:
    second = path_to(invite(FRANK.upper(), "supervisor", By()))
    assert client.get(path, **PAGE).status_code == 404
    join(client, second, SoftAuthenticator(settings.ORIGIN))
    assert Member.objects.get(user__email=FRANK).role == "supervisor"


@pytest.mark.parametrize("token", ["a", "A" * 43, "é" * 20, "." * 300])
def test_a_guessed_link_shows_the_same_page_as_an_old_one(client: Client, token: str) -> None:
    answer = client.get(f"/console/join/{token}", **PAGE)
    assert answer.status_code == 404
    assert "This invitation does not work" in answer.content.decode()


def test_nobody_enters_without_a_factor(client: Client, path: str) -> None:
    client.post(f"{path}/options", PERSON, **JSON)
    for credential in (None, {}, "passkey", {"id": "AA", "type": "public-key"}):
        answer = client.post(f"{path}/passkey", {**PERSON, "credential": credential}, **JSON)
        assert answer.status_code == 400
    client.post(path, PERSON, **PAGE)
    assert nobody_joined()
    assert client.get("/console/keys/", **PAGE).status_code == 302


def test_a_passkey_made_for_another_invitation_is_refused(client: Client, path: str) -> None:
    elsewhere = Client().post(f"{path}/options", PERSON, **JSON).json()
    client.post(f"{path}/options", PERSON, **JSON)
    body = {"credential": SoftAuthenticator(settings.ORIGIN).make(elsewhere), **PERSON}
    assert client.post(f"{path}/passkey", body, **JSON).status_code == 400
    assert nobody_joined()


@pytest.mark.parametrize(
    ("what", "value"),
    [("origin", "https://mallory.example"), ("rp_id", "mallory.example"), ("verified", False)],
)
def test_a_passkey_that_is_wrong_in_one_thing_is_refused(
    client: Client, path: str, what: str, value: object
) -> None:
    device = SoftAuthenticator(settings.ORIGIN)
    setattr(device, what, value)
    assert join(client, path, device).status_code == 400
    assert nobody_joined()


def test_a_missing_name_is_said_under_its_field_and_the_invitation_stays_good(
    client: Client, path: str
) -> None:
    answer = join(client, path, SoftAuthenticator(settings.ORIGIN), name="", alias="Frank")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["name"]
    assert settings.STAFF_SESSION_COOKIE_NAME not in client.cookies
    assert nobody_joined()
    assert join(client, path, SoftAuthenticator(settings.ORIGIN)).status_code == 200


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Frank\r\nBcc: mallory@example.com", "Frank Bcc: mallory@example.com"),
        ("Frank\u2028Li", "Frank Li"),
        ("\u202eknarF\u202c", "knarF"),
        ("Fr\u200bank\ufeff", "Frank"),
        ("  Frank \t Li ", "Frank Li"),
        (
            "\u0645\u06cc\u200c\u0646\u0627",
            "\u0645\u06cc\u200c\u0646\u0627",
        ),  # joiners belong there
    ],
)
def test_a_name_is_one_line_that_says_what_it_shows(
    client: Client, path: str, typed: str, kept: str
) -> None:
    device = SoftAuthenticator(settings.ORIGIN)
    answer = join(client, path, device, name=typed, alias=typed)
    assert answer.status_code == 200, answer.content
    member = Member.objects.get(user__email=FRANK)
    assert (member.alias, member.user.name) == (kept, kept)


@pytest.mark.parametrize("alias", ["\u202e\u200b", "\r\n", "\u200d"])
def test_a_name_that_shows_nothing_counts_as_missing(client: Client, path: str, alias: str) -> None:
    answer = join(client, path, SoftAuthenticator(settings.ORIGIN), name="Frank Li", alias=alias)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["alias"]
    assert nobody_joined()


def test_joining_leaves_nothing_of_who_was_signed_in_before(client: Client, path: str) -> None:
    sign_in_staff(client, make_member("Carol"))
    join(client, path, SoftAuthenticator(settings.ORIGIN))
    assert FRANK in client.get("/console/locked", **PAGE).content.decode()


def test_whoever_was_shut_out_comes_back_with_new_factors_only(client: Client) -> None:
    carol = make_member("Carol")
    old = give_passkey(carol.user)
    deactivate(carol.pk, By())
    path = path_to(invite(carol.user.email, "supervisor", By()))
    new = SoftAuthenticator(settings.ORIGIN)
    assert join(client, path, new, name="Carol", alias="Carol").status_code == 200
    carol.refresh_from_db()
    assert carol.role == "supervisor"
    assert carol.user.is_active
    elsewhere = Client()
    options = elsewhere.post("/console/sign-in/options", **JSON).json()
    body = {"credential": old.sign(options)}
    assert elsewhere.post("/console/sign-in/passkey", body, **JSON).status_code == 400


def test_an_address_that_became_a_customers_meanwhile_does_not_join(
    client: Client, path: str
) -> None:
    User.objects.create_user(FRANK)
    assert join(client, path, SoftAuthenticator(settings.ORIGIN)).status_code == 404
    assert not Member.objects.exists()
    assert not Authenticator.objects.exists()


class TestByCode:
    """Joining with an authenticator, where the installation allows it."""

    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Settings) -> None:
        settings.STAFF_AUTHENTICATOR = True

    def offer(self, client: Client, path: str) -> tuple[str, str]:
        """What the page offers: the secret as letters, and as it travels with the form."""
        page = client.get(path, **PAGE)
        return page.context["letters"].replace(" ", ""), page.context["sealed"]

    def now(self, secret: str) -> str:
        return one_time_code.code_at(secret, int(clock.now_us() // 30_000_000))

    def test_frank_joins(self, client: Client, path: str) -> None:
        secret, sealed = self.offer(client, path)
        form = {**PERSON, "sealed": sealed, "code": self.now(secret)}
        assert client.post(path, form, **PAGE).headers["Location"] == "/console/"
        kept = Authenticator.objects.get(user__email=FRANK)
        assert factors.secret_of(kept) == secret
        assert client.get("/console/locked", **PAGE).status_code == 200

    def test_the_code_of_joining_does_not_also_sign_in(self, client: Client, path: str) -> None:
        secret, sealed = self.offer(client, path)
        code = self.now(secret)
        client.post(path, {**PERSON, "sealed": sealed, "code": code}, **PAGE)
        again = Client().post("/console/sign-in", {"email": FRANK, "code": code}, **PAGE)
        assert again.status_code == 400

    def test_a_wrong_code_keeps_the_same_secret_on_the_page(
        self, client: Client, path: str
    ) -> None:
        secret, sealed = self.offer(client, path)
        wrong = "000000" if self.now(secret) != "000000" else "111111"
        page = client.post(path, {**PERSON, "sealed": sealed, "code": wrong}, **PAGE)
        assert page.status_code == 400
        assert page.context["letters"].replace(" ", "") == secret
        assert nobody_joined()

    def test_the_database_never_holds_the_secret_readable(self, client: Client, path: str) -> None:
        secret, sealed = self.offer(client, path)
        client.post(path, {**PERSON, "sealed": sealed, "code": self.now(secret)}, **PAGE)
        assert secret not in everything_stored()

    def test_a_secret_offered_for_another_invitation_is_refused(
        self, client: Client, path: str
    ) -> None:
        other = path_to(invite("grace@staff.example.com", "operator", By()))
        secret, sealed = self.offer(client, other)
        form = {**PERSON, "sealed": sealed, "code": self.now(secret)}
        assert client.post(path, form, **PAGE).status_code == 400
        assert nobody_joined()

    def test_without_the_setting_only_a_passkey_will_do(
        self, client: Client, path: str, settings: Settings
    ) -> None:
        secret, sealed = self.offer(client, path)
        settings.STAFF_AUTHENTICATOR = False
        client.post(path, {**PERSON, "sealed": sealed, "code": self.now(secret)}, **PAGE)
        assert nobody_joined()


@pytest.mark.django_db(transaction=True)
def test_of_ten_who_accept_at_once_one_joins() -> None:
    path = path_to(invite(FRANK, "agent", By()))
    ready = threading.Barrier(10)
    answers: list[int] = []

    def accept() -> None:
        client = Client()
        options = client.post(f"{path}/options", PERSON, **JSON).json()
        body = {"credential": SoftAuthenticator(settings.ORIGIN).make(options), **PERSON}
        ready.wait()
        answers.append(client.post(f"{path}/passkey", body, **JSON).status_code)
        connection.close()

    threads = [threading.Thread(target=accept) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [404] * 9
    assert User.objects.filter(email=FRANK).count() == 1
    assert Authenticator.objects.count() == 1


def test_a_customers_or_an_active_members_address_cannot_be_invited() -> None:
    from bitp.desk.staff.errors import AddressTaken

    make_customer("Alice")
    make_member("Carol")
    for address in ("alice@example.com", "Carol@staff.example.com"):
        with pytest.raises(AddressTaken):
            invite(address, "agent", By())
    assert not Invitation.objects.exists()


def everything_stored() -> str:
    """Every row of every table as text."""
    from django.apps import apps

    rows = [str(row) for model in apps.get_models() for row in model._default_manager.values_list()]
    return "\n".join(rows)
