"""A host's word for its user: believed when good, and otherwise an anonymous visitor."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import jwt
import pytest

from bitp.desk.channels.chat.subjects import read_ticket
from bitp.desk.channels.chat.tickets import find_access
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from bitp.policies.assurance import Evidence, level
from tests.desk.channels.conftest import HOST, SECRET, enter, word

pytestmark = pytest.mark.django_db(transaction=True)

NOW = int(time.time())


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def unsigned(**claims: Any) -> str:
    said = {"sub": "17", "aud": "shop", "iat": NOW, "exp": NOW + 3600, **claims}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(said)}."


def changed() -> str:
    """Another user under the signature of user 17."""
    head, _, mac = word().split(".")
    return f"{head}.{part({'sub': '1', 'aud': 'shop', 'iat': NOW, 'exp': NOW + 60})}.{mac}"


BAD = {
    "no signature": unsigned(),
    "a changed user": changed(),
    "another secret": word("some other secret that is long enough"),
    "another algorithm": word(algorithm="HS512"),
    "expired": word(iat=NOW - 7200, exp=NOW - 3600),
    "good for too long": word(exp=NOW + 25 * 3600),
    "without an end": word(exp=None),
    "without a beginning": word(iat=None),
    "without a user": word(sub=None),
    "an empty user": word(sub=""),
    "a user that breaks lines": word(sub="1\n2"),
    "a user too long": word(sub="x" * 200),
    "for another inbox": word(aud="site"),
    "for several inboxes": word(aud=["shop", "site"]),
    "for no inbox": word(aud=None),
    "not yet": word(iat=NOW + 3600, exp=NOW + 7200),
    "nonsense": "nonsense",
    "a deep head": base64.urlsafe_b64encode(b"[" * 2000).decode() + ".e30.e30",
    "too long": "a" * 6_000,
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_word_is_an_anonymous_visitor(shop: Inbox, why: str) -> None:
    known = enter("shop", origin=HOST, identity=word())
    answer = enter("shop", origin=HOST, identity=BAD[why])
    assert answer["identity_accepted"] is False
    assert answer["subject"]["signed_in"] is False
    assert answer["subject"]["reference"] != known["subject"]["reference"]
    assert read_ticket(answer["ticket"]).evidence == "{}"


def test_a_good_word_is_the_hosts_user_each_time(shop: Inbox) -> None:
    first = enter("shop", origin=HOST, identity=word(name="Ann", email="Ann@Example.com"))
    again = enter("shop", origin=HOST, identity=word(name="Ann Lee"))
    other = enter("shop", origin=HOST, identity=word(sub="18"))
    assert first["identity_accepted"] is True
    assert (first["visitor"], first["subject"]["email_known"]) == ("", True)
    assert again["subject"]["reference"] == first["subject"]["reference"]
    assert again["subject"]["name"] == "Ann Lee"
    assert other["subject"]["reference"] != first["subject"]["reference"]
    email = Contact.objects.get(name="Ann Lee").identities.get(channel="email")
    # The host says so; nobody has proven it to us.
    assert (email.address, email.verified_how) == ("ann@example.com", "")


def test_the_same_id_at_another_host_is_another_person(shop: Inbox) -> None:
    Inbox.objects.create(channel="chat", key="bank", name="Bank", origins=HOST, host_secret=SECRET)
    ours = enter("shop", origin=HOST, identity=word())
    theirs = enter("bank", origin=HOST, identity=word(aud="bank"))
    assert ours["subject"]["reference"] != theirs["subject"]["reference"]


@pytest.mark.parametrize(
    ("signed_in_at", "expected"),
    [
        (NOW - 60, 2),
        (NOW - 13 * 3600, 1),
        (None, 1),
        (NOW + 3600, 1),
        (0, 1),
        (True, 1),
        ("now", 1),
    ],
)
def test_a_recent_sign_in_at_the_host_is_more_than_a_claim(
    shop: Inbox, signed_in_at: object, expected: int
) -> None:
    answer = enter("shop", origin=HOST, identity=word(signed_in_at=signed_in_at))
    evidence = json.loads(read_ticket(answer["ticket"]).evidence)
    assert level(Evidence(**evidence), int(time.time())) == expected


def test_access_does_not_outlive_the_hosts_word(shop: Inbox) -> None:
    soon = int(time.time()) + 90
    short = enter("shop", origin=HOST, identity=word(exp=soon))
    said = find_access(short["access"])
    assert said is not None
    assert said["exp"] <= soon + 5


@pytest.mark.parametrize("secret", ["", "short"])
def test_an_inbox_without_a_real_secret_believes_nobody(shop: Inbox, secret: str) -> None:
    shop.host_secret = secret
    shop.save()
    head, said = part({"alg": "HS256", "typ": "JWT"}), word().split(".")[1]
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{head}.{said}".encode(), secret.encode()
    )
    forged = f"{head}.{said}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    assert enter("shop", origin=HOST, identity=forged)["identity_accepted"] is False


def test_a_word_on_our_own_page_never_hides_the_customers_session(site: Inbox) -> None:
    from tests.people import make_customer
    from tests.signing_in import client_of

    alice = make_customer("Alice")
    site.host_secret = SECRET
    site.save()
    answer = enter(client=client_of(alice), identity=word(aud="site"))
    assert answer["subject"]["reference"] == alice.reference
