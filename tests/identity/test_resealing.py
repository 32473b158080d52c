"""After a rotation of the key the worker seals anew what the old key sealed."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as present
from django.utils.module_loading import autodiscover_modules
from pytest_django import Settings

from bitp.config.checkup import NOTE, OK
from bitp.config.checkup.keys import check_old_key
from bitp.config.environment import Environment
from bitp.events.jobs import work_once
from bitp.events.models import Event, Job
from bitp.identity import factors, resealing
from bitp.identity.models import User
from bitp.identity.sealing import Unreadable

pytestmark = pytest.mark.django_db(transaction=True)

OTHER_KEY = "another key of at least fifty characters, drawn by dice"
MINE = {"kind": resealing.KIND}


@pytest.fixture
def secrets() -> dict[int, str]:
    """Five people's authenticators under the first key: row to secret."""
    autodiscover_modules("jobs")
    found = {}
    for number in range(5):
        user = User.objects.create_user(f"{number}@staff.example.com", kind="staff")
        secret = factors.new_secret()
        found[factors.add_authenticator(user, secret).pk] = secret
    return found


def rotate(settings: Settings) -> None:
    """What an operator does: the new key, and the one before."""
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = OTHER_KEY


def work() -> None:
    """The worker starts, and works until the round is done."""
    resealing.plan_resealing()
    while Job.objects.filter(**MINE).exists():
        assert work_once()


def read() -> dict[int, str]:
    return {each.pk: factors.secret_of(each) for each in Authenticator.objects.all()}


def data() -> list[object]:
    return list(Authenticator.objects.order_by("pk").values_list("data", flat=True))


def test_after_a_rotation_and_the_workers_round_the_old_key_is_not_needed(
    secrets: dict[int, str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resealing, "AT_ONCE", 2)
    rotate(settings)
    assert factors.count_under_old_keys() == 5
    work()
    assert factors.count_under_old_keys() == 0
    settings.SECRET_KEY_FALLBACKS = []
    assert read() == secrets
    written = Event.objects.filter(kind="identity.resealed").values_list("data", flat=True)
    assert sum(json.loads(each)["count"] for each in written) == 5
    assert not any(secret in each for each in written for secret in secrets.values())


def test_without_it_the_old_key_is_needed(secrets: dict[int, str], settings: Settings) -> None:
    rotate(settings)
    assert read() == secrets
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        read()


def test_without_an_old_key_there_is_nothing_to_do(secrets: dict[int, str]) -> None:
    assert not present.SECRET_KEY_FALLBACKS
    before = data()
    resealing.plan_resealing()
    assert not Job.objects.filter(**MINE).exists()
    assert data() == before


def test_a_second_round_writes_nothing(secrets: dict[int, str], settings: Settings) -> None:
    rotate(settings)
    work()
    before = data()
    work()
    assert data() == before
    assert Event.objects.filter(kind="identity.resealed").count() == 1


def test_one_that_no_key_opens_does_not_stop_the_others(
    secrets: dict[int, str], settings: Settings
) -> None:
    lost = Authenticator.objects.order_by("pk").first()
    assert lost is not None
    lost.data["secret"] = "s1:AAAA"
    lost.save()
    rotate(settings)
    work()
    assert factors.count_under_old_keys() == 0
    assert json.loads(Event.objects.get(kind="identity.resealed").data)["count"] == 4


def test_the_doctor_says_when_the_old_key_may_go(
    secrets: dict[int, str], settings: Settings
) -> None:
    assert check_old_key(Environment()) == []
    rotate(settings)
    rotated = Environment(secret_key_old="the key before")
    assert [each.verdict for each in check_old_key(rotated)] == [NOTE]
    work()
    assert [each.verdict for each in check_old_key(rotated)] == [OK]
