"""Staff sign in at /console/sign-in: by passkey, and where allowed by a one-time code."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from bitp.desk.staff.models import Member
from bitp.events.models import Event, Job
from bitp.identity.models import STAFF, Session, User
from bitp.lib import clock
from bitp.lib.allowance import Allowance
from tests.identity.signing_in import (
    JSON,
    PAGE,
    code_now,
    console_session,
    give_authenticator,
    give_passkey,
    prove,
    sign_in_staff,
)
from tests.identity.soft_authenticator import SoftAuthenticator
from tests.people import make_customer, make_member

pytestmark = pytest.mark.django_db

KEYS = "/console/keys/"


@pytest.fixture
def carol() -> Member:
    return make_member("Carol")


def ask(client: Client) -> dict[str, Any]:
    options: dict[str, Any] = client.post("/console/sign-in/options", **JSON).json()
    return options


def is_in(client: Client) -> bool:
    return bool(client.get(KEYS, **PAGE).status_code == 200)


def test_carol_signs_in_with_her_passkey(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    answer = prove(client, device, ask(client), KEYS)
    assert answer.json() == {"next": KEYS}
    assert is_in(client)
    started = Event.objects.get(kind="session.started")
    assert f'"user":{carol.user_id}' in started.data
    assert "carol" not in (started.data + started.actor).lower()


def test_the_browser_is_asked_to_verify_the_person_and_shown_nobodys_keys(
    client: Client, carol: Member
) -> None:
    give_passkey(carol.user)
    options = ask(client)["publicKey"]
    assert options["userVerification"] == "required"
    assert not options.get("allowCredentials")
    assert options["rpId"] == "localhost"


def test_a_challenge_is_good_for_one_answer(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    options = ask(client)
    assert prove(client, device, options).status_code == 200
    client.post("/console/sign-out")
    assert prove(client, device, options).status_code == 400
    assert not is_in(client)


def test_a_challenge_is_gone_after_a_wrong_answer(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    options = ask(client)
    stranger = SoftAuthenticator(settings.ORIGIN)
    assert prove(client, stranger, options).status_code == 400
    assert prove(client, device, options).status_code == 400
    assert not is_in(client)


def test_a_challenge_is_bound_to_the_browser_that_asked(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    options = ask(client)
    mallory = Client()
    ask(mallory)
    assert prove(mallory, device, options).status_code == 400
    assert not is_in(mallory)


def test_a_challenge_is_worth_nothing_after_five_minutes(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    options = ask(client)
    session = console_session(client)
    state = session["passkey_proving"]
    session["passkey_proving"] = {**state, "until_us": state["until_us"] - 301 * 1_000_000}
    session.save()
    assert prove(client, device, options).status_code == 400
    assert not is_in(client)


def test_a_challenge_leaves_a_row_for_five_minutes_and_no_longer(client: Client) -> None:
    ask(client)
    left_s = clock.to_us(Session.objects.get().expire_date) / 1_000_000 - time.time()
    assert 0 < left_s <= 300


def test_a_session_that_a_challenge_became_lasts_as_long_as_any(
    client: Client, carol: Member
) -> None:
    sign_in_staff(client, carol)
    left_s = clock.to_us(Session.objects.get().expire_date) / 1_000_000 - time.time()
    assert left_s > 11 * 3600


def test_a_flood_of_challenges_from_one_address_is_told_to_wait_and_leaves_nothing(
    client: Client, carol: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bitp.desk.staff.limits.CHALLENGES", Allowance(burst=2, per_s=0.001))
    for _ in range(2):
        ask(Client())
    refused = Client().post("/console/sign-in/options", **JSON)
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["retry_s"] == int(refused["Retry-After"]) > 1
    assert Session.objects.count() == 2
    assert not refused.cookies
    device = give_passkey(carol.user)
    client.defaults["REMOTE_ADDR"] = "203.0.113.8"
    assert prove(client, device, ask(client)).status_code == 200


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("origin", "https://localhost.example.com"),
        ("origin", "http://localhost:1"),
        ("rp_id", "example.com"),
        ("verified", False),
        ("handle", b"someone else"),
    ],
)
def test_an_answer_that_is_wrong_in_one_thing_signs_nobody_in(
    client: Client, carol: Member, what: str, value: object
) -> None:
    device = give_passkey(carol.user)
    setattr(device, what, value)
    assert prove(client, device, ask(client)).status_code == 400
    assert not is_in(client)
    assert not Event.objects.filter(kind="session.started").exists()


def come_and_go(client: Client, device: SoftAuthenticator) -> int:
    """Signs in, and out again; the status of the answer."""
    status: int = prove(client, device, ask(client)).status_code
    client.post("/console/sign-out")
    return status


def test_a_passkey_that_counts_signs_in_each_time_its_count_grows(
    client: Client, carol: Member
) -> None:
    device = give_passkey(carol.user)
    device.count = 6
    assert [come_and_go(client, device) for _ in range(3)] == [200, 200, 200]
    device.count += 1000
    assert come_and_go(client, device) == 200


@pytest.mark.parametrize("told", [None, 0, 6, 7])
def test_a_copy_of_a_passkey_is_refused_and_noted(
    client: Client, carol: Member, told: int | None
) -> None:
    device = give_passkey(carol.user)
    device.count = 7
    come_and_go(client, device)
    assert device.count == 8
    before = Authenticator.objects.get().data
    device.count = told
    assert prove(client, device, ask(client)).status_code == 400
    assert not is_in(client)
    noted = Event.objects.get(kind="identity.passkey_copied")
    assert '"known":8' in noted.data
    said = 0 if told is None else told + 1
    assert f'"said":{said}' in noted.data
    assert Authenticator.objects.get().data == before
    assert Event.objects.filter(kind="session.started").count() == 1
    device.count = 8
    assert come_and_go(client, device) == 200


def test_a_passkey_that_counted_when_it_was_made_goes_on_from_there(
    client: Client, carol: Member
) -> None:
    device = SoftAuthenticator(settings.ORIGIN, count=5)
    give_passkey(carol.user, device=device)
    device.count = 4
    assert come_and_go(client, device) == 400
    assert come_and_go(client, device) == 200


def test_another_devices_signature_under_carols_key_id_signs_nobody_in(
    client: Client, carol: Member
) -> None:
    device = give_passkey(carol.user)
    mallory = SoftAuthenticator(settings.ORIGIN)
    mallory.credential_id, mallory.handle = device.credential_id, device.handle
    assert prove(client, mallory, ask(client)).status_code == 400
    assert not is_in(client)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"credential": null}',
        b'{"credential": {"id": "AA"}}',
        b'{"credential": {"id": 1, "rawId": [], "response": 3, "type": "public-key"}}',
        b'{"credential": "' + b"A" * 40_000 + b'"}',
        b"[" * 20_000,
        b"\xff\xfe",
    ],
)
def test_anything_else_that_is_posted_is_refused_calmly(client: Client, body: bytes) -> None:
    ask(client)
    answer = client.post("/console/sign-in/passkey", body, **JSON)
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_proved"


def test_a_customers_passkey_does_not_open_the_console(client: Client) -> None:
    alice = User.objects.get(pk=int(make_customer("Alice").customer))
    device = give_passkey(alice)
    assert prove(client, device, ask(client)).status_code == 400
    assert not is_in(client)


def test_a_staff_user_without_a_member_does_not_get_in(client: Client) -> None:
    ghost = User.objects.create_user("ghost@staff.example.com", kind=STAFF)
    device = give_passkey(ghost)
    assert prove(client, device, ask(client)).status_code == 400


def test_signing_in_gives_a_new_session_that_keeps_nothing(client: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    options = ask(client)
    before = console_session(client)
    before["planted"] = "by Mallory"
    before.save()
    fixed = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    prove(client, device, options)
    after = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    assert after != fixed
    assert "planted" not in console_session(client)
    mallory = Client()
    mallory.cookies[settings.STAFF_SESSION_COOKIE_NAME] = fixed
    assert not is_in(mallory)


def test_the_session_ends_after_twelve_hours_whatever_happens(
    client: Client, carol: Member
) -> None:
    sign_in_staff(client, carol)
    row = Session.objects.get(side=STAFF, user=carol.user)
    ends = row.expire_date
    console_session(client).save()
    client.post("/console/activity")
    assert Session.objects.get(pk=row.pk).expire_date == ends
    lasts_s = client.cookies[settings.STAFF_SESSION_COOKIE_NAME]["max-age"]
    assert 12 * 3600 - 60 < lasts_s <= 12 * 3600
    Session.objects.filter(pk=row.pk).update(expire_date="2020-01-01T00:00:00Z")
    assert not is_in(client)


def test_the_cookie_is_for_the_console_only(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    cookie = client.cookies[settings.STAFF_SESSION_COOKIE_NAME]
    assert cookie["path"] == "/console/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_signing_out_ends_the_session_and_tells_the_log(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    kept = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    assert client.post("/console/sign-out").headers["Location"] == "/console/sign-in"
    thief = Client()
    thief.cookies[settings.STAFF_SESSION_COOKIE_NAME] = kept
    assert not is_in(thief)
    assert not Session.objects.filter(user=carol.user).exists()
    started, ended = (Event.objects.get(kind=f"session.{what}") for what in ("started", "ended"))
    assert started.actor_session == ended.actor_session != ""


def test_signing_out_needs_a_post(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    assert client.get("/console/sign-out").status_code == 405
    assert is_in(client)


@pytest.mark.parametrize(
    "target",
    [
        "https://mallory.example/",
        "//mallory.example/console/",
        "/\\mallory.example",
        "javascript:alert(1)",
        "/account/login/",
        "/console/\r\nSet-Cookie: a=b",
        "/console/" + "a" * 600,
        "\x01/console/",
    ],
)
def test_nobody_is_sent_to_another_site_or_side(client: Client, carol: Member, target: str) -> None:
    device = give_passkey(carol.user)
    assert prove(client, device, ask(client), target).json() == {"next": "/console/"}
    answer = client.get("/console/sign-in", {"next": target})
    assert answer.headers["Location"] == "/console/"


def test_the_page_leads_on_to_where_the_person_wanted_to_go(client: Client) -> None:
    answer = client.get(KEYS, **PAGE)
    assert answer.headers["Location"] == "/console/sign-in?next=%2Fconsole%2Fkeys%2F"
    page = client.get(answer.headers["Location"])
    assert 'value="/console/keys/"' in page.content.decode()


def test_a_script_that_is_signed_out_gets_problem_details(client: Client) -> None:
    answer = client.get(KEYS, HTTP_ACCEPT="application/json")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "signed_out"


class TestByCode:
    """The authenticator's code, which settings.STAFF_AUTHENTICATOR allows."""

    @pytest.fixture(autouse=True)
    def _allowed(self, settings: Settings) -> None:
        settings.STAFF_AUTHENTICATOR = True

    def type(self, client: Client, email: str, code: str) -> Any:
        return client.post("/console/sign-in", {"email": email, "code": code, "next": KEYS})

    def test_carol_signs_in(self, client: Client, carol: Member) -> None:
        code = code_now(give_authenticator(carol.user))
        answer = self.type(client, " Carol@Staff.example.com ", f" {code[:3]} {code[3:]}")
        assert answer.headers["Location"] == KEYS
        assert is_in(client)

    def test_full_width_digits_from_a_chinese_keyboard_do(
        self, client: Client, carol: Member
    ) -> None:
        code = code_now(give_authenticator(carol.user))
        wide = code.translate({ord(str(each)): 0xFF10 + each for each in range(10)})
        assert self.type(client, carol.user.email, wide).status_code == 302

    def test_the_same_code_does_not_work_again(self, client: Client, carol: Member) -> None:
        code = code_now(give_authenticator(carol.user))
        assert self.type(client, carol.user.email, code).status_code == 302
        other = Client()
        assert self.type(other, carol.user.email, code).status_code == 400
        assert not is_in(other)

    def test_whatever_does_not_fit_is_said_in_the_same_words(
        self, client: Client, carol: Member
    ) -> None:
        used = code_now(give_authenticator(carol.user))
        self.type(Client(), carol.user.email, used)
        dave = make_member("Dave").user
        gone = make_member("Grace").user
        code_of_the_gone = code_now(give_authenticator(gone))
        gone.is_active = False
        gone.save()
        alice = make_customer("Alice")
        code_of_alice = code_now(give_authenticator(User.objects.get(pk=int(alice.customer))))
        tries = [
            (carol.user.email, "000000"),
            (carol.user.email, used),
            (dave.email, "000000"),
            (gone.email, code_of_the_gone),
            ("alice@example.com", code_of_alice),
            ("nobody@example.com", "000000"),
        ]
        answers = [self.type(Client(), email, code) for email, code in tries]
        assert {answer.status_code for answer in answers} == {400}
        said = {str(answer.context["form"].errors) for answer in answers}
        assert len(said) == 1
        assert "This address and code do not fit together" in said.pop()
        assert Session.objects.count() == 1

    def test_without_the_setting_there_is_no_such_way(
        self, client: Client, carol: Member, settings: Settings
    ) -> None:
        settings.STAFF_AUTHENTICATOR = False
        code = code_now(give_authenticator(carol.user))
        answer = self.type(client, carol.user.email, code)
        assert answer.status_code == 200
        assert 'name="code"' not in answer.content.decode()
        assert not is_in(client)

    def test_unknown_and_known_addresses_get_the_same_answer(
        self, client: Client, carol: Member
    ) -> None:
        give_authenticator(carol.user)
        answers = [
            [self.type(Client(), email, "000000") for _ in range(6)]
            for email in (carol.user.email, "nobody@staff.example.com")
        ]
        shown = [
            [(each.status_code, _without_what_was_typed(each.content.decode())) for each in one]
            for one in answers
        ]
        assert shown[0] == shown[1]
        assert [status for status, _ in shown[0]] == [400] * 5 + [429]

    def test_after_five_tries_even_the_right_code_is_refused(
        self, client: Client, carol: Member
    ) -> None:
        authenticator = give_authenticator(carol.user)
        for _ in range(5):
            self.type(client, carol.user.email, "000000")
        assert self.type(client, carol.user.email, code_now(authenticator)).status_code == 429
        assert not is_in(client)

    def test_carols_lock_does_not_keep_her_passkey_out(self, client: Client, carol: Member) -> None:
        device = give_passkey(carol.user)
        for _ in range(6):
            self.type(client, carol.user.email, "000000")
        assert prove(client, device, ask(client)).status_code == 200

    def test_a_customers_authenticator_does_not_open_the_console(self, client: Client) -> None:
        alice = User.objects.get(pk=int(make_customer("Alice").customer))
        code = code_now(give_authenticator(alice))
        assert self.type(client, alice.email, code).status_code == 400
        assert not is_in(client)

    def test_the_page_does_not_show_what_was_typed_as_a_code(
        self, client: Client, carol: Member
    ) -> None:
        page = self.type(client, carol.user.email, "135791").content.decode()
        assert "135791" not in page


def test_a_form_from_another_site_is_refused(carol: Member, settings: Settings) -> None:
    settings.STAFF_AUTHENTICATOR = True
    strict = Client(enforce_csrf_checks=True)
    code = code_now(give_authenticator(carol.user))
    answer = strict.post("/console/sign-in", {"email": carol.user.email, "code": code})
    assert answer.status_code == 403
    assert strict.post("/console/sign-in/options", **JSON).status_code == 403
    assert not is_in(strict)


def test_a_watch_over_idleness_starts_with_the_session(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    job = Job.objects.get(kind="staff.idle")
    active_us = console_session(client)["active_us"]
    assert job.due_us == active_us + settings.STAFF_IDLE_S * 1_000_000


def test_the_database_holds_no_session_key(client: Client, carol: Member) -> None:
    sign_in_staff(client, carol)
    key = client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value
    rows = list(Session.objects.values_list("session_key", "session_data"))
    assert rows
    assert all(key not in stored + data for stored, data in rows)


def _without_what_was_typed(page: str) -> str:
    kept = [
        line
        for line in page.splitlines()
        if "csrfmiddlewaretoken" not in line and 'name="email"' not in line
    ]
    return "\n".join(kept)
