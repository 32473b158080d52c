"""Signatures as the Standard Webhooks specification has them."""

from __future__ import annotations

import base64

import pytest
from django.db import transaction
from pytest_django import Settings

from bitp.desk.staff.changes import By
from bitp.desk.webhooks import changes, resealing
from bitp.desk.webhooks.models import Webhook
from bitp.desk.webhooks.signing import headers, new_secret, signature


def test_the_published_example_comes_out() -> None:
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        '{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_has_as_many_bytes_as_the_specification_asks_for() -> None:
    secret = new_secret()
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert secret != new_secret()


def test_two_secrets_sign_side_by_side() -> None:
    keys = [new_secret(), new_secret()]
    found = headers(keys, "msg_1", 1, "{}")["webhook-signature"].split(" ")
    assert found == [signature(key, "msg_1", 1, "{}") for key in keys]


@pytest.mark.django_db(transaction=True)
def test_after_a_rotation_the_old_key_may_go(settings: Settings) -> None:
    settings.BITP_WEBHOOKS_PRIVATE = True
    webhook, secret = changes.add("http://127.0.0.1:9/", [], By())
    second = changes.change_secret(webhook.pk, By())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 60
    assert resealing.count_under_old_keys() == 1
    with transaction.atomic():
        assert resealing.reseal(0, 100) == (1, 0)
        assert resealing.reseal(0, 100) == (0, 0)
    settings.SECRET_KEY_FALLBACKS = []
    assert resealing.count_under_old_keys() == 0
    assert changes.secrets_of(Webhook.objects.get()) == [second, secret]
