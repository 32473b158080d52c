"""Two sides in one browser: each with its own session, form tokens and people."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.test.client import RequestFactory

from bitp.desk.contacts.models import Contact
from bitp.desk.staff.models import Member
from bitp.identity.models import CUSTOMER, STAFF, Session, User
from bitp.identity.sessions import SessionStore
from bitp.identity.sides import CONSOLE_CSRF_COOKIE, side_of
from tests.identity.signing_in import (
    JSON,
    PAGE,
    PASSWORD,
    console_session,
    give_passkey,
    sign_in_customer,
    sign_in_staff,
)
from tests.people import make_customer, make_member

pytestmark = pytest.mark.django_db

STAFF_COOKIE, CUSTOMER_COOKIE = settings.STAFF_SESSION_COOKIE_NAME, settings.SESSION_COOKIE_NAME
KEYS = "/console/keys/"
ACCOUNT_ONLY = "/account/reauthenticate/"


def user_of(contact: Contact) -> User:
    return User.objects.get(pk=int(contact.customer))


@pytest.fixture
def alice() -> User:
    return user_of(make_customer("Alice"))


@pytest.fixture
def carol() -> Member:
    return make_member("Carol")


def is_staff_in(client: Client) -> bool:
    return bool(client.get(KEYS, **PAGE).status_code == 200)


def is_customer_in(client: Client) -> bool:
    return bool(client.get(ACCOUNT_ONLY, **PAGE).status_code == 200)


def test_one_browser_is_signed_in_on_both_sides(client: Client, alice: User, carol: Member) -> None:
    sign_in_customer(client, alice)
    sign_in_staff(client, carol)
    assert is_staff_in(client)
    assert is_customer_in(client)
    client.post("/console/sign-out")
    assert not is_staff_in(client)
    assert is_customer_in(client)


def test_signing_out_as_a_customer_leaves_the_console_open(
    client: Client, alice: User, carol: Member
) -> None:
    sign_in_customer(client, alice)
    sign_in_staff(client, carol)
    client.post("/account/logout/")
    assert is_staff_in(client)
    assert not is_customer_in(client)


def test_a_staff_session_in_the_customers_cookie_is_nobody(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    mallory = Client()
    mallory.cookies[CUSTOMER_COOKIE] = client.cookies[STAFF_COOKIE].value
    assert not is_customer_in(mallory)
    assert is_staff_in(client)


def test_a_customers_session_in_the_consoles_cookie_is_nobody(client: Client, alice: User) -> None:
    sign_in_customer(client, alice)
    mallory = Client()
    mallory.cookies[STAFF_COOKIE] = client.cookies[CUSTOMER_COOKIE].value
    assert not is_staff_in(mallory)
    assert is_customer_in(client)


def test_a_forged_cookie_does_not_end_the_session_it_names(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    mallory = Client()
    mallory.cookies[CUSTOMER_COOKIE] = client.cookies[STAFF_COOKIE].value
    mallory.post("/account/login/", {"login": "x@example.com", "password": "x"})
    mallory.post("/account/logout/")
    assert is_staff_in(client)


def test_signing_in_over_a_forged_cookie_does_not_end_the_session_it_names(
    client: Client, alice: User, carol: Member
) -> None:
    sign_in_staff(client, carol)
    mallory = Client()
    mallory.cookies[CUSTOMER_COOKIE] = client.cookies[STAFF_COOKIE].value
    sign_in_customer(mallory, alice)
    assert is_customer_in(mallory)
    assert is_staff_in(client)


def test_a_row_moved_to_the_other_side_does_not_open(client: Client, alice: User) -> None:
    """Even who can write the table cannot make one kind of session out of the other."""
    sign_in_customer(client, alice)
    key = client.cookies[CUSTOMER_COOKIE].value
    Session.objects.filter(user=alice).update(side=STAFF)
    assert dict(SessionStore(key, STAFF).items()) == {}


def test_a_customer_written_into_a_staff_session_is_nobody(
    client: Client, alice: User, carol: Member
) -> None:
    sign_in_staff(client, carol)
    session = console_session(client)
    session["_auth_user_id"] = str(alice.pk)
    session["_auth_user_hash"] = alice.get_session_auth_hash()
    session.save()
    assert not is_staff_in(client)


def test_a_member_written_into_a_customers_session_is_nobody(
    client: Client, alice: User, carol: Member
) -> None:
    carol.user.set_password(PASSWORD)
    carol.user.save()
    sign_in_customer(client, alice)
    session = SessionStore(client.cookies[CUSTOMER_COOKIE].value, CUSTOMER)
    session["_auth_user_id"] = str(carol.user.pk)
    session["_auth_user_hash"] = carol.user.get_session_auth_hash()
    session.save()
    assert not is_customer_in(client)


@pytest.mark.parametrize("made_up", ["", "a", "x" * 32, "x" * 5000, "'", "\0" * 10, "é" * 20])
def test_a_made_up_cookie_is_nobody(client: Client, made_up: str) -> None:
    client.cookies[STAFF_COOKIE] = made_up
    client.cookies[CUSTOMER_COOKIE] = made_up
    assert not is_staff_in(client)
    assert not is_customer_in(client)


def test_a_stored_key_taken_from_the_database_is_nobody(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    stored = Session.objects.get(user=carol.user).session_key
    mallory = Client()
    mallory.cookies[STAFF_COOKIE] = stored
    assert not is_staff_in(mallory)


def test_a_session_in_a_customers_cookie_is_changed_at_sign_in(client: Client, alice: User) -> None:
    client.get("/account/login/")
    session = SessionStore(side=CUSTOMER)
    session["planted"] = 1
    session.save()
    client.cookies[CUSTOMER_COOKIE] = str(session.session_key)
    sign_in_customer(client, alice)
    assert client.cookies[CUSTOMER_COOKIE].value != session.session_key
    mallory = Client()
    mallory.cookies[CUSTOMER_COOKIE] = str(session.session_key)
    assert not is_customer_in(mallory)


class TestForms:
    """A form's token of one side is worth nothing on the other."""

    def token(self, client: Client, path: str) -> str:
        return str(client.get(path).context["csrf_token"])

    def test_each_side_has_its_own_cookie(self, client: Client) -> None:
        self.token(client, "/console/sign-in")
        assert client.cookies[CONSOLE_CSRF_COOKIE]["path"] == "/console/"
        assert settings.CSRF_COOKIE_NAME not in client.cookies
        self.token(client, "/account/login/")
        assert client.cookies[settings.CSRF_COOKIE_NAME]["path"] == "/"

    def test_a_token_works_on_its_own_side(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        token = self.token(strict, "/console/sign-in")
        sent = strict.post("/console/sign-in/options", **JSON, HTTP_X_CSRFTOKEN=token)
        assert sent.status_code == 200

    def test_a_customers_token_does_nothing_in_the_console(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        token = self.token(strict, "/account/login/")
        strict.cookies[CONSOLE_CSRF_COOKIE] = "a" * 32
        sent = strict.post("/console/sign-in/options", **JSON, HTTP_X_CSRFTOKEN=token)
        assert sent.status_code == 403

    def test_a_consoles_token_does_nothing_for_customers(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        token = self.token(strict, "/console/sign-in")
        form = {"login": "a@example.com", "password": "x", "csrfmiddlewaretoken": token}
        assert strict.post("/account/login/", form).status_code == 403

    def test_a_form_from_another_origin_is_refused_whatever_its_token(self) -> None:
        strict = Client(enforce_csrf_checks=True)
        token = self.token(strict, "/console/sign-in")
        sent = strict.post(
            "/console/sign-in/options",
            **JSON,
            HTTP_X_CSRFTOKEN=token,
            HTTP_ORIGIN="https://mallory.example",
        )
        assert sent.status_code == 403

    def test_the_token_changes_at_sign_in(self, client: Client, carol: Member) -> None:
        self.token(client, "/console/sign-in")
        before = client.cookies[CONSOLE_CSRF_COOKIE].value
        sign_in_staff(client, carol)
        client.get(KEYS, **PAGE)
        assert client.cookies[CONSOLE_CSRF_COOKIE].value != before


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/console/", STAFF),
        ("/console/data/lists", STAFF),
        ("/console", CUSTOMER),
        ("/consolex/", CUSTOMER),
        ("//console/", CUSTOMER),
        ("/x/console/", CUSTOMER),
        ("/Console/", CUSTOMER),
        ("/", CUSTOMER),
    ],
)
def test_the_side_is_decided_by_the_path(path: str, kind: str) -> None:
    assert side_of(RequestFactory().get(path)).kind == kind


def test_pages_that_look_at_nobody_touch_no_session(client: Client) -> None:
    answer = client.get("/healthz")
    assert CUSTOMER_COOKIE not in client.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_cookie_of_a_session_that_is_over_is_taken_away(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    Session.objects.all().delete()
    client.get(KEYS, **PAGE)
    assert client.cookies[STAFF_COOKIE].value == ""


def test_sessions_out_of_date_are_swept_when_somebody_signs_in(
    client: Client, carol: Member
) -> None:
    old = SessionStore(side=CUSTOMER)
    old.save()
    Session.objects.update(expire_date="2020-01-01T00:00:00Z")
    give_passkey(carol.user)
    sign_in_staff(client, carol)
    assert not Session.objects.filter(expire_date__year=2020).exists()
