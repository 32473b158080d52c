"""Customers sign in at /account/: a password, then a code if they have an authenticator."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from bitp.events.models import Event
from bitp.identity import tries
from bitp.identity.models import FailedTries, Session, User
from bitp.lib import clock
from tests.identity.signing_in import (
    PAGE,
    PASSWORD,
    code_now,
    give_authenticator,
    sign_in_customer,
    sign_in_staff,
)
from tests.people import make_customer, make_member

pytestmark = pytest.mark.django_db

LOGIN = "/account/login/"
CODE = "/account/code/"


@pytest.fixture
def alice() -> User:
    user = User.objects.get(pk=int(make_customer("Alice").customer))
    user.set_password(PASSWORD)
    user.save()
    return user


def try_password(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **more}, **PAGE)


def address_row() -> tuple[int, int]:
    """How many tries count against this network, and until when it is locked."""
    row = FailedTries.objects.get(scope="address")
    return row.count, row.locked_until_us


def is_in(client: Client) -> bool:
    return bool(client.get("/account/reauthenticate/", **PAGE).status_code == 200)


def test_alice_signs_in_and_out(client: Client, alice: User) -> None:
    answer = try_password(client, "Alice@Example.com", PASSWORD)
    assert answer.headers["Location"] == "/"
    assert is_in(client)
    started = Event.objects.get(kind="session.started")
    assert started.actor_kind == "customer"
    assert '"factor":"password"' in started.data
    client.post("/account/logout/")
    assert not is_in(client)
    ended = Event.objects.get(kind="session.ended")
    assert ended.actor_session == started.actor_session
    assert not Session.objects.filter(user=alice).exists()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: Client, alice: User
) -> None:
    answers = []
    for email in (alice.email, "nobody@example.com"):
        pages = [try_password(Client(), email, "wrong") for _ in range(6)]
        answers.append([(page.status_code, page.context["form"].errors) for page in pages])
    assert answers[0] == answers[1]
    assert "five minutes the first time" in str(answers[0][5])


def test_after_five_tries_even_the_right_password_is_refused(client: Client, alice: User) -> None:
    for _ in range(5):
        try_password(client, alice.email, "wrong")
    assert try_password(client, alice.email, PASSWORD).status_code == 200
    assert not is_in(client)


def test_the_right_password_forgives_earlier_slips(client: Client, alice: User) -> None:
    for _ in range(4):
        try_password(client, alice.email, "wrong")
    try_password(client, alice.email, PASSWORD)
    assert not FailedTries.objects.filter(scope="customer_password").exists()


def test_mallory_does_not_open_her_networks_lock_with_an_account_of_her_own(
    client: Client, alice: User
) -> None:
    mallory = User.objects.create_user("mallory@example.com", password=PASSWORD)

    def spend_at_the_network(times: int) -> None:
        for _ in range(times):
            tries.spend(tries.ADDRESS, "127.0.0.1")

    spend_at_the_network(98)
    assert try_password(client, mallory.email, PASSWORD).status_code == 302
    try_password(Client(), "one@example.com", "guess")
    try_password(Client(), "two@example.com", "guess")
    locked = address_row()
    assert locked[0] == 100
    assert locked[1] > clock.now_us()
    for email in (mallory.email, alice.email):
        assert try_password(Client(), email, PASSWORD).status_code == 200
    assert address_row() == locked
    assert not Session.objects.filter(user=alice).exists()


def test_ever_new_addresses_of_one_ipv6_network_are_one_guesser(alice: User) -> None:
    for number in range(3):
        guesser = Client(REMOTE_ADDR=f"2001:db8:1:2::{number}")
        try_password(guesser, f"{number}@example.com", "guess")
    assert FailedTries.objects.get(scope="address").count == 3
    try_password(Client(REMOTE_ADDR="2001:db8:1:3::1"), alice.email, "guess")
    assert FailedTries.objects.filter(scope="address").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_fifty_passwords_at_once_five_are_judged() -> None:
    ready = threading.Barrier(50)
    pages: list[str] = []

    def guess() -> None:
        ready.wait()
        pages.append(str(try_password(Client(), "bob@example.com", "guess").content))
        connection.close()

    threads = [threading.Thread(target=guess) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    judged = sum("do not fit together" in page for page in pages)
    print(f"guesses at once: {len(pages)}, judged: {judged}")
    assert judged == 5


def test_staff_do_not_sign_in_here(client: Client) -> None:
    carol = make_member("Carol").user
    carol.set_password(PASSWORD)
    carol.save()
    wrong = try_password(Client(), "nobody@example.com", PASSWORD)
    answer = try_password(client, carol.email, PASSWORD)
    assert answer.status_code == 200
    assert answer.context["form"].errors == wrong.context["form"].errors
    assert not Session.objects.filter(user=carol).exists()
    assert not Event.objects.filter(kind="session.started").exists()


def test_a_closed_account_is_told_so_only_with_its_password(client: Client, alice: User) -> None:
    alice.is_active = False
    alice.save()
    assert try_password(client, alice.email, "wrong").status_code == 200
    answer = try_password(client, alice.email, PASSWORD)
    assert answer.headers["Location"] == "/account/inactive/"
    assert client.get("/account/inactive/").status_code == 200
    assert not is_in(client)


class TestTheCode:
    """The second step."""

    def begin(self, client: Client, user: User) -> None:
        answer = try_password(client, user.email, PASSWORD)
        assert answer.headers["Location"] == CODE
        assert client.get(CODE, **PAGE).status_code == 200

    def test_alice_is_in_after_the_code_only(self, client: Client, alice: User) -> None:
        phone = give_authenticator(alice)
        self.begin(client, alice)
        assert not is_in(client)
        answer = client.post(CODE, {"code": code_now(phone)}, **PAGE)
        assert answer.headers["Location"] == "/"
        assert is_in(client)
        assert '"factor":"totp"' in Event.objects.get(kind="session.started").data

    def test_a_used_code_does_not_sign_in_again(self, client: Client, alice: User) -> None:
        phone = give_authenticator(alice)
        code = code_now(phone)
        self.begin(client, alice)
        client.post(CODE, {"code": code}, **PAGE)
        other = Client()
        self.begin(other, alice)
        assert other.post(CODE, {"code": code}, **PAGE).status_code == 200
        assert not is_in(other)

    def test_five_wrong_codes_lock_the_right_one(self, client: Client, alice: User) -> None:
        phone = give_authenticator(alice)
        self.begin(client, alice)
        for _ in range(5):
            client.post(CODE, {"code": "000000"}, **PAGE)
        page = client.post(CODE, {"code": code_now(phone)}, **PAGE)
        assert "five minutes the first time" in page.content.decode()
        assert not is_in(client)

    def test_the_page_does_not_show_the_typed_code(self, client: Client, alice: User) -> None:
        give_authenticator(alice)
        self.begin(client, alice)
        page = client.post(CODE, {"code": "135791"}, **PAGE)
        assert "135791" not in page.content.decode()

    def test_without_a_password_there_is_no_code_to_type(self, client: Client) -> None:
        assert client.get(CODE, **PAGE).headers["Location"] == LOGIN

    def test_a_recovery_code_works_once(self, client: Client, alice: User) -> None:
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        give_authenticator(alice)
        [code, *_] = RecoveryCodes.activate(alice).get_unused_codes()
        self.begin(client, alice)
        client.post(CODE, {"code": code}, **PAGE)
        assert is_in(client)
        other = Client()
        self.begin(other, alice)
        other.post(CODE, {"code": code}, **PAGE)
        assert not is_in(other)


@pytest.mark.parametrize(
    "target",
    [
        "https://mallory.example/",
        "//mallory.example",
        "/\\mallory.example",
        "javascript:alert(1)",
        f"http://testserver.mallory.example{LOGIN}",
    ],
)
def test_nobody_is_sent_to_another_site(client: Client, alice: User, target: str) -> None:
    answer = try_password(client, alice.email, PASSWORD, next=target)
    assert answer.headers["Location"] == "/"
    assert "mallory" not in client.post("/account/logout/", {"next": target}).headers["Location"]


def test_the_page_goes_back_to_where_one_wanted_to_go(client: Client, alice: User) -> None:
    answer = try_password(client, alice.email, PASSWORD, next="/support/conversations")
    assert answer.headers["Location"] == "/support/conversations"


def test_new_accounts_are_closed(client: Client) -> None:
    page = client.get("/account/signup/", **PAGE)
    assert "does not open new accounts" in page.content.decode()
    form = {"email": "mallory@example.com", "password1": PASSWORD}
    client.post("/account/signup/", form, **PAGE)
    assert not User.objects.filter(email="mallory@example.com").exists()


def test_signing_out_needs_a_post(client: Client, alice: User) -> None:
    sign_in_customer(client, alice)
    assert client.get("/account/logout/", **PAGE).status_code == 200
    assert is_in(client)


def test_only_a_person_who_says_so_stays_signed_in_when_the_browser_closes(
    client: Client, alice: User
) -> None:
    try_password(client, alice.email, PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""
    other = Client()
    try_password(other, alice.email, PASSWORD, remember="on")
    assert other.cookies[settings.SESSION_COOKIE_NAME]["max-age"] > 29 * 24 * 3600


def test_a_form_from_another_site_signs_nobody_in(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert try_password(strict, alice.email, PASSWORD).status_code == 403
    assert not is_in(strict)


def test_a_members_console_is_no_customers_account(client: Client, settings: Settings) -> None:
    sign_in_staff(client, make_member("Carol"))
    assert not is_in(client)
    page = client.get("/account/login/", **PAGE)
    assert page.status_code == 200
