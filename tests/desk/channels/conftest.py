"""The chat's calls as browsers make them: from our own pages, and from a host's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client

from bitp.desk.channels.changes import site_inbox
from bitp.desk.channels.chat.limits import (
    CHANGES,
    NEW_CONTACTS,
    READS,
    READS_FROM_ADDRESS,
    TICKETS,
)
from bitp.desk.channels.models import Inbox

HOST = "https://shop.example.com"
SECRET = "a host's secret that is long enough to sign with"


@pytest.fixture(autouse=True)
def _fresh_allowances() -> Iterator[None]:
    everything = (CHANGES, NEW_CONTACTS, READS, READS_FROM_ADDRESS, TICKETS)
    for each in everything:
        each.forget()
    yield
    for each in everything:
        each.forget()


@pytest.fixture
def site(db: None) -> Inbox:
    """The chat on our own pages."""
    return site_inbox()


@pytest.fixture
def shop(db: None) -> Inbox:
    """The chat that a host embeds."""
    return Inbox.objects.create(
        channel="chat", key="shop", name="Shop", origins=f"{HOST}\n", host_secret=SECRET
    )


def ask(
    path: str,
    body: dict[str, Any] | None = None,
    *,
    client: Client | None = None,
    origin: str | None = settings.ORIGIN,
    access: str = "",
    address: str = "203.0.113.7",
) -> Any:
    """One call: POST with a body, GET without; ``origin``: of the page that makes it."""
    headers = {"Accept": "application/json"}
    if origin:
        headers["Origin"] = origin
    if access:
        headers["Authorization"] = f"Bearer {access}"
    client = client or Client()
    how: Any = {"headers": headers, "REMOTE_ADDR": address}
    if body is None:
        return client.get(path, **how)
    return client.post(path, json.dumps(body), content_type="application/json", **how)


def enter(inbox: str = "site", **how: Any) -> dict[str, Any]:
    """Opens the chat; ``visitor``, ``identity`` and ``language`` go into the body."""
    names = ("visitor", "identity", "language")
    body = {"inbox": inbox, **{name: how.pop(name) for name in names if name in how}}
    answer = ask("/chat/ticket", body, **how)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def word(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A host's signed word for its user; a claim given as None is left out."""
    now = int(time.time())
    said = {"sub": "17", "aud": "shop", "iat": now, "exp": now + 3600, **claims}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, secret, algorithm=algorithm)
