"""Signatures as the Standard Webhooks specification has them."""

from __future__ import annotations

import base64

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
