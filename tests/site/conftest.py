"""Alice and Bob trade here; Carol answers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bitp.desk.channels.changes import site_inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import post_messages
from bitp.desk.conversations.posting.post import Post
from bitp.desk.staff.models import AGENT, Member
from bitp.identity.models import CUSTOMER, STAFF, User
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token

BROWSER: dict[str, Any] = {"HTTP_ACCEPT": "text/html,*/*;q=0.8"}


@pytest.fixture
def english() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.9", **BROWSER)


@pytest.fixture
def chinese() -> Client:
    return Client(HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9,en;q=0.8", **BROWSER)


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice@example.test", name="Alice", language="en")


@pytest.fixture
def bob(db: None) -> User:
    return User.objects.create_user("bob@example.test", name="Bob", language="en")


@pytest.fixture
def carol(db: None) -> Member:
    user = User.objects.create_user("carol@example.test", kind=STAFF, name="Carol")
    return Member.objects.create(
        user=user, alias="Carol", role=AGENT, state="available", seen_us=now_us()
    )


@pytest.fixture
def as_alice(alice: User, english: Client) -> Client:
    english.force_login(alice)
    return english


def writes(user: User, text: str, topic: str = "deposit", thread: str = "") -> str:
    """The customer begins a conversation; its reference."""
    assert user.kind == CUSTOMER
    contact, _ = Contact.objects.get_or_create(
        platform="bitp",
        customer=str(user.pk),
        defaults={"reference": new_token(), "name": user.name},
    )
    post = Post(
        author_kind="contact",
        author=contact.pk,
        external_id=f"test:{new_token()}",
        text=text,
        received_us=now_us(),
        thread=thread or new_token(),
        contact=contact.pk,
        inbox=site_inbox().pk,
        topic=topic,
        language="en",
    )
    outcome = post_messages([post])[0]
    assert outcome is not None
    assert outcome.result == "accepted", outcome
    return outcome.reference
