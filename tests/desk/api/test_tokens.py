"""Tokens: kept as a hash, good for what they were made for, for as long as they may be."""

from __future__ import annotations

import json

import pytest
from pytest_django import Settings

from bitp.desk.api import changes
from bitp.desk.api.changes import DAY_US, Wish, create_token, revoke_token
from bitp.desk.api.errors import NoToken, TooManyTokens
from bitp.desk.api.jobs import revoke_when_somebody_leaves
from bitp.desk.api.models import ApiToken
from bitp.desk.api.queries import find_token
from bitp.desk.staff.changes import By, deactivate
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from bitp.events.tail import START, read_after
from bitp.lib.clock import now_us
from tests.desk.api.programs import Program
from tests.people import make_member

pytestmark = pytest.mark.django_db


def test_the_secret_is_nowhere_in_the_database(program: Program) -> None:
    row = ApiToken.objects.values().get()
    kept = json.dumps(row) + "".join(Event.objects.values_list("data", flat=True))
    assert program.secret not in kept
    assert program.secret.removeprefix(program.token.prefix + "_") not in kept
    assert program.secret.startswith(program.token.prefix + "_")


def test_a_good_token_is_found_with_its_owner(program: Program, erin: Member) -> None:
    found = find_token(program.secret)
    assert found is not None
    assert found.owner == erin


@pytest.mark.parametrize("wrong", ["", "bitp_", "x" * 300, "\udcff", "bitp_ABCDEF_" + "a" * 43])
def test_anything_else_is_no_token(program: Program, wrong: str) -> None:
    assert find_token(wrong) is None


def test_a_changed_letter_makes_it_worthless(program: Program) -> None:
    last = "A" if program.secret[-1] != "A" else "B"
    assert find_token(program.secret[:-1] + last) is None


def test_an_expired_token_is_refused(program: Program) -> None:
    ApiToken.objects.update(expires_us=now_us() - 1)
    answer = program.ask("GET", "/token")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert json.loads(answer.content)["code"] == "bad_token"


def test_a_token_ends_after_the_days_it_was_made_for(erin: Member) -> None:
    token = Program(erin, days=30).token
    assert token.expires_us == token.created_us + 30 * DAY_US


def test_a_revoked_token_is_refused_at_once_and_it_is_recorded(
    program: Program, erin: Member
) -> None:
    assert program.ask("GET", "/token").status_code == 200
    revoke_token(program.token.pk, By(erin, "s"))
    assert program.ask("GET", "/token").status_code == 401
    fact = Event.objects.get(kind="api_token.revoked")
    assert (fact.actor_kind, fact.actor) == ("staff", str(erin.pk))
    assert program.again().revoked_by == erin


def test_revoking_twice_records_once(program: Program, erin: Member) -> None:
    revoke_token(program.token.pk, By(erin))
    with pytest.raises(NoToken):
        revoke_token(program.token.pk, By(erin))
    assert Event.objects.filter(kind="api_token.revoked").count() == 1


# On PostgreSQL an event is settled, and read, only once its transaction is over.
@pytest.mark.django_db(transaction=True)
def test_programs_of_somebody_who_left_stop_and_stay_stopped(program: Program) -> None:
    carol = make_member("Carol")
    hers = Program(carol)
    deactivate(carol.pk, By(program.token.owner))
    assert hers.ask("GET", "/token").status_code == 401
    revoke_when_somebody_leaves(read_after(START, 1_000))
    carol.user.is_active = True
    carol.user.save()
    assert hers.ask("GET", "/token").status_code == 401
    assert program.ask("GET", "/token").status_code == 200


def test_last_use_is_written_at_most_once_a_minute(program: Program) -> None:
    program.ask("GET", "/token")
    first = program.again().last_used_us
    assert first > 0
    program.ask("GET", "/token")
    assert program.again().last_used_us == first
    ApiToken.objects.update(last_used_us=first - 2 * changes.USED_EVERY_US)
    program.ask("GET", "/token")
    assert program.again().last_used_us > first - changes.USED_EVERY_US


def test_there_is_an_end_to_how_many_are_in_use(
    erin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "TOKENS_IN_USE_MAX", 2)
    first, _ = Program(erin), Program(erin)
    with pytest.raises(TooManyTokens):
        create_token(Wish("Third", (), 0), erin, By(erin))
    assert ApiToken.objects.count() == 2
    revoke_token(first.token.pk, By(erin))
    create_token(Wish("Third", (), 0), erin, By(erin))


def test_it_says_what_it_is(program: Program, settings: Settings) -> None:
    answer = program.get("/token")
    assert answer["prefix"] == program.token.prefix
    assert answer["owner"] == {"id": program.token.owner_id, "name": "Erin"}
    assert "events:read" in answer["scopes"]
    assert program.secret not in json.dumps(answer)
