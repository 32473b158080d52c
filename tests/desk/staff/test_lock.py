"""The console locks after a quarter of an hour without a sign; the same person reopens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, RequestFactory
from pytest_django import Settings

import bitp.desk.staff.jobs  # noqa: F401 - the worker finds it by itself
from bitp.desk.staff import idle
from bitp.desk.staff.models import Member
from bitp.events.jobs import work_once
from bitp.events.models import Event, Job
from bitp.identity.models import Session
from bitp.identity.sessions import ACTIVE_US, PROVED_US, SessionStore
from bitp.lib.clock import now, now_us, to_us
from tests.identity.signing_in import (
    JSON,
    PAGE,
    age,
    console_session,
    give_authenticator,
    give_passkey,
    sign_in_staff,
    unused_code,
)
from tests.identity.soft_authenticator import SoftAuthenticator
from tests.people import make_member

pytestmark = pytest.mark.django_db

KEYS = "/console/keys/"
QUARTER_S = 15 * 60
LOCKED = {"kind": "session.ended", "data__contains": '"why":"locked"'}
EXPIRED = {"kind": "session.ended", "data__contains": '"why":"expired"'}


@pytest.fixture
def carol() -> Member:
    return make_member("Carol")


@pytest.fixture
def console(client: Client, carol: Member) -> Client:
    """Carol's browser, signed in."""
    return sign_in_staff(client, carol)


def unlock(client: Client, device: SoftAuthenticator, next_path: str = "") -> Any:
    options = client.post("/console/locked/options", **JSON).json()
    body = {"credential": device.sign(options), "next": next_path}
    return client.post("/console/locked/passkey", body, **JSON)


def cookie(client: Client) -> str:
    return str(client.cookies[settings.STAFF_SESSION_COOKIE_NAME].value)


def test_just_before_the_quarter_of_an_hour_nothing_happens(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S - 5)
    assert console.get(KEYS, **PAGE).status_code == 200


def test_after_it_a_page_leads_to_the_lock(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S + 1)
    answer = console.get(KEYS + "?a=b", **PAGE)
    assert answer.headers["Location"] == "/console/locked?next=%2Fconsole%2Fkeys%2F%3Fa%3Db"
    lock = console.get(answer.headers["Location"], **PAGE)
    assert lock.status_code == 200
    assert "The console is locked" in lock.content.decode()


def test_after_it_a_script_is_told_that_it_is_locked(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S + 1)
    answer = console.get(KEYS, HTTP_ACCEPT="*/*")
    assert answer.status_code == 401
    assert answer.json()["code"] == "locked"
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_activity_keeps_the_lock_away_and_is_written_once_a_minute(
    console: Client, carol: Member
) -> None:
    first = console_session(console)[ACTIVE_US]
    assert console.post("/console/activity").status_code == 204
    assert console_session(console)[ACTIVE_US] == first
    age(console, ACTIVE_US, QUARTER_S - 5)
    assert console.post("/console/activity").status_code == 204
    assert console_session(console)[ACTIVE_US] >= first
    carol.refresh_from_db()
    assert carol.seen_us == console_session(console)[ACTIVE_US]


def test_activity_that_comes_too_late_does_not_reopen(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S + 1)
    assert console.post("/console/activity").status_code == 401
    assert console.get(KEYS, HTTP_ACCEPT="*/*").json()["code"] == "locked"


def test_looking_at_pages_is_no_sign_of_a_person(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S - 5)
    before = console_session(console)[ACTIVE_US]
    console.get(KEYS, **PAGE)
    assert console_session(console)[ACTIVE_US] == before


def test_carol_reopens_it_with_her_passkey_under_a_new_key(console: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    ends = Session.objects.get(user=carol.user).expire_date
    old = cookie(console)
    assert unlock(console, device, KEYS).json() == {"next": KEYS}
    assert console.get(KEYS, **PAGE).status_code == 200
    assert cookie(console) != old
    assert Session.objects.get(user=carol.user).expire_date == ends
    ended = Event.objects.get(kind="session.ended")
    assert '"why":"renewed"' in ended.data


def test_the_lock_offers_only_the_keys_of_whoever_is_signed_in(
    console: Client, carol: Member
) -> None:
    give_passkey(make_member("Dave").user)
    options = console.post("/console/locked/options", **JSON).json()["publicKey"]
    assert len(options["allowCredentials"]) == 1


def test_dave_does_not_reopen_carols_console(console: Client) -> None:
    dave = give_passkey(make_member("Dave").user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    assert unlock(console, dave).status_code == 400
    assert console.get(KEYS, HTTP_ACCEPT="*/*").json()["code"] == "locked"


def test_a_sign_in_challenge_does_not_open_the_lock_of_another_browser(
    console: Client, carol: Member
) -> None:
    device = give_passkey(carol.user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    elsewhere = Client().post("/console/sign-in/options", **JSON).json()
    body = {"credential": device.sign(elsewhere)}
    assert console.post("/console/locked/passkey", body, **JSON).status_code == 400


def test_a_code_reopens_it_where_codes_are_allowed(
    console: Client, carol: Member, settings: Settings
) -> None:
    settings.STAFF_AUTHENTICATOR = True
    authenticator = give_authenticator(carol.user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    wrong = console.post("/console/locked", {"code": "000000"}, **PAGE)
    assert wrong.status_code == 400
    right = console.post("/console/locked", {"code": unused_code(authenticator), "next": KEYS})
    assert right.headers["Location"] == KEYS
    assert console.get(KEYS, **PAGE).status_code == 200


def test_a_stranger_at_the_sign_in_cannot_keep_carol_from_reopening_her_console(
    console: Client, carol: Member, settings: Settings
) -> None:
    settings.STAFF_AUTHENTICATOR = True
    authenticator = give_authenticator(carol.user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    mallory = {"email": carol.user.email, "code": "000000"}
    tried = [Client().post("/console/sign-in", mallory, **PAGE).status_code for _ in range(6)]
    assert tried[-1] == 429
    right = console.post("/console/locked", {"code": unused_code(authenticator), "next": KEYS})
    assert right.headers["Location"] == KEYS
    guesses = [
        console.post("/console/locked", {"code": "000000"}, **PAGE).status_code for _ in range(6)
    ]
    assert guesses == [400] * 5 + [429]


def test_daves_code_does_not_reopen_carols_console(
    console: Client, carol: Member, settings: Settings
) -> None:
    settings.STAFF_AUTHENTICATOR = True
    give_authenticator(carol.user)
    dave = give_authenticator(make_member("Dave").user)
    age(console, ACTIVE_US, QUARTER_S + 1)
    assert console.post("/console/locked", {"code": unused_code(dave)}).status_code == 400
    assert console.get(KEYS, HTTP_ACCEPT="*/*").json()["code"] == "locked"


def test_the_lock_sends_nobody_to_another_site(console: Client, carol: Member) -> None:
    device = give_passkey(carol.user)
    assert unlock(console, device, "https://mallory.example/").json() == {"next": "/console/"}


def test_somebody_who_leaves_locks_at_once(console: Client, carol: Member) -> None:
    assert console.post("/console/lock").status_code == 204
    assert console.get(KEYS, HTTP_ACCEPT="*/*").json()["code"] == "locked"
    locked = Event.objects.get(**LOCKED)
    assert locked.actor_session == Event.objects.get(kind="session.started").actor_session


def test_the_lock_is_for_the_signed_in_only(client: Client) -> None:
    assert client.get("/console/locked", **PAGE).headers["Location"].startswith("/console/sign-in")
    assert client.post("/console/locked/options", **JSON).status_code == 401
    assert client.post("/console/lock", **JSON).status_code == 401


def test_one_may_sign_out_of_a_locked_console(console: Client) -> None:
    age(console, ACTIVE_US, QUARTER_S + 1)
    assert console.post("/console/sign-out").headers["Location"] == "/console/sign-in"
    assert not Session.objects.filter(user__isnull=False).exists()


def end_now() -> None:
    """Every session's twelve hours are over."""
    Session.objects.update(expire_date=now() - timedelta(seconds=1))


class TestTheWatch:
    """The timer that tells the log, and so the sockets, that a session is idle."""

    def run_due(self) -> None:
        Job.objects.filter(kind="staff.idle").update(due_us=now_us())
        work_once()

    def test_an_idle_session_is_locked_in_the_log(self, console: Client) -> None:
        age(console, ACTIVE_US, QUARTER_S + 1)
        self.run_due()
        locked = Event.objects.get(**LOCKED)
        assert locked.actor_session == Event.objects.get(kind="session.started").actor_session
        assert not Job.objects.filter(kind="staff.idle").exists()

    def test_an_active_session_is_looked_at_again_when_it_could_be_idle(
        self, console: Client
    ) -> None:
        age(console, ACTIVE_US, 60)
        self.run_due()
        assert not Event.objects.filter(**LOCKED).exists()
        again = Job.objects.get(kind="staff.idle")
        assert again.due_us == console_session(console)[ACTIVE_US] + QUARTER_S * 1_000_000

    def test_a_session_that_is_over_is_not_looked_at_again(self, console: Client) -> None:
        console.post("/console/sign-out")
        self.run_due()
        assert not Event.objects.filter(**LOCKED).exists()
        assert not Job.objects.filter(kind="staff.idle").exists()

    def test_a_locked_session_is_not_locked_twice(self, console: Client) -> None:
        console.post("/console/lock")
        self.run_due()
        assert Event.objects.filter(**LOCKED).count() == 1

    def test_a_reopened_console_is_watched_again(self, console: Client, carol: Member) -> None:
        device = give_passkey(carol.user)
        age(console, ACTIVE_US, QUARTER_S + 1)
        self.run_due()
        unlock(console, device)
        age(console, ACTIVE_US, QUARTER_S + 1)
        self.run_due()
        assert Event.objects.filter(**LOCKED).count() == 2

    def test_a_sign_of_life_that_the_lock_overtook_does_not_reopen(
        self, console: Client, carol: Member
    ) -> None:
        age(console, ACTIVE_US, QUARTER_S - 1)
        late = RequestFactory().post("/console/activity")
        late.session, late.user = console_session(console), carol.user
        assert late.session[ACTIVE_US]
        age(console, ACTIVE_US, 2)
        self.run_due()
        assert not idle.note(late)
        assert console.get(KEYS, HTTP_ACCEPT="*/*").json()["code"] == "locked"

    def test_a_session_ends_in_the_log_after_twelve_hours_however_active(
        self, console: Client
    ) -> None:
        """Nothing else tells the sockets: pages alone refuse an expired session."""
        end_now()
        self.run_due()
        assert Event.objects.filter(**EXPIRED).count() == 1
        assert not Event.objects.filter(**LOCKED).exists()
        assert not Session.objects.exists()

    def test_the_last_look_is_no_later_than_the_end(self, console: Client) -> None:
        row = Session.objects.get()
        row.expire_date = now() + timedelta(minutes=5)
        row.save()
        self.run_due()
        assert Job.objects.get(kind="staff.idle").due_us == to_us(row.expire_date)

    def test_sweeping_an_expired_session_says_that_it_ended(self, console: Client) -> None:
        end_now()
        SessionStore.clear_expired()
        assert Event.objects.filter(**EXPIRED).count() == 1
        self.run_due()
        assert Event.objects.filter(**EXPIRED).count() == 1

    def test_a_look_at_an_unknown_session_does_nothing(self) -> None:
        with transaction.atomic():
            idle.look("0" * 32)
        assert not Event.objects.exists()


def test_what_matters_asks_again_after_five_minutes(console: Client, carol: Member) -> None:
    age(console, PROVED_US, 5 * 60 + 1)
    answer = console.get(KEYS, **PAGE)
    assert answer.headers["Location"] == "/console/locked?next=%2Fconsole%2Fkeys%2F"
    assert "Confirm that it is you" in console.get(answer.headers["Location"]).content.decode()
    refused = console.post("/console/keys/options", **JSON)
    assert refused.json()["code"] == "proof_needed"
    device = give_passkey(carol.user)
    unlock(console, device)
    assert console.get(KEYS, **PAGE).status_code == 200
