"""Many people behind one address come in; a flood is told to wait, with a time."""

from __future__ import annotations

from functools import partial

import pytest

from bitp.desk.channels.chat import limits
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from bitp.events.models import Event
from bitp.live.protocol import SOCKETS_PER_ADDRESS_MAX
from tests.desk.channels.conftest import HOST, ask, enter, word
from tests.people import make_customer, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_as_many_as_may_hold_sockets_may_come_in_at_once() -> None:
    for allowance in (limits.TICKETS, limits.NEW_CONTACTS):
        assert allowance.burst >= SOCKETS_PER_ADDRESS_MAX >= 500


def test_a_flood_is_told_when_to_come_back_and_leaves_nothing(
    site: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.NEW_CONTACTS, "burst", 3)
    monkeypatch.setattr(limits.NEW_CONTACTS, "per_s", 0.001)  # however slow this machine is
    known = [enter() for _ in range(3)]
    refused = ask("/chat/ticket", {"inbox": "site"})
    assert (refused.status_code, refused["Content-Type"]) == (429, "application/problem+json")
    assert refused.json()["code"] == "too_many"
    assert refused.json()["retry_s"] == int(refused["Retry-After"]) >= 1
    assert Contact.objects.count() == 3
    # Whoever was here before comes in, and so does everybody at another address.
    assert enter(visitor=known[0]["visitor"])
    assert enter(address="203.0.113.8")


def test_a_host_that_names_ever_new_users_is_slowed_down_too(
    shop: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.NEW_CONTACTS, "burst", 1)
    monkeypatch.setattr(limits.NEW_CONTACTS, "per_s", 0.001)
    enter("shop", origin=HOST, identity=word(sub="1"))
    body = {"inbox": "shop", "identity": word(sub="2")}
    refused = ask("/chat/ticket", body, origin=HOST)
    assert refused.status_code == 429
    assert refused["Access-Control-Allow-Origin"] == HOST
    assert "Retry-After" in refused["Access-Control-Expose-Headers"]
    assert enter("shop", origin=HOST, identity=word(sub="1"))


def test_tickets_themselves_are_counted(site: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.TICKETS, "burst", 2)
    monkeypatch.setattr(limits.TICKETS, "per_s", 0.001)  # however slow this machine is
    visitor = enter()["visitor"]
    enter(visitor=visitor)
    assert ask("/chat/ticket", {"inbox": "site", "visitor": visitor}).status_code == 429
    assert ask("/chat/availability").status_code == 429


def test_one_contact_does_not_fill_the_log_and_others_are_not_slowed_down(
    site: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.CHANGES, "burst", 3)
    monkeypatch.setattr(limits.CHANGES, "per_s", 0.001)
    mallory, bob = make_customer("Mallory"), make_customer("Bob")
    addresses = {}
    for person in (mallory, bob):
        reference = say(person, "hello").reference
        client = client_of(person)
        access = enter(client=client)["access"]
        path = f"/chat/conversations/{reference}"
        addresses[person.name] = partial(ask, path, client=client, access=access)
        addresses[f"{person.name}'s topic"] = partial(
            ask, f"{path}/topic", {"topic": "deposit"}, client=client, access=access
        )
    answers = [addresses["Mallory's topic"]().status_code for _ in range(3)]
    before = Event.objects.count()
    refused = addresses["Mallory's topic"]()
    assert answers == [204] * 3
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert Event.objects.count() == before
    assert addresses["Mallory"]().status_code == 200
    assert addresses["Bob's topic"]().status_code == 204


@pytest.mark.parametrize("page", ["", "?before=1", "/place"])
def test_one_contact_does_not_read_without_end_and_others_are_not_slowed_down(
    site: Inbox, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(limits.READS, "burst", 2)
    monkeypatch.setattr(limits.READS, "per_s", 0.001)
    mallory, bob = make_customer("Mallory"), make_customer("Bob")
    read, known = {}, {}
    for person in (mallory, bob):
        path = f"/chat/conversations/{say(person, 'hello').reference}"
        client = client_of(person)
        known[person.name] = {"client": client, "access": enter(client=client)["access"]}
        read[person.name] = partial(ask, path + page, **known[person.name])
    assert [read["Mallory"]().status_code for _ in range(2)] == [200, 200]
    refused = read["Mallory"]()
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert refused.json()["retry_s"] == int(refused["Retry-After"]) > 1
    assert "messages" not in refused.json()
    # Neither does what does not exist, nor another address, open a way around it.
    assert ask("/chat/conversations/BP-0000-0000", **known["Mallory"]).status_code == 429
    assert read["Mallory"](address="203.0.113.8").status_code == 429
    assert read["Bob"]().status_code == 200


def test_many_contacts_of_one_address_do_not_read_without_end(
    site: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.READS_FROM_ADDRESS, "burst", 2)
    monkeypatch.setattr(limits.READS_FROM_ADDRESS, "per_s", 0.001)
    path = "/chat/conversations/BP-2222-2222"
    accesses = [enter()["access"] for _ in range(3)]
    answers = [ask(path, access=access).status_code for access in accesses]
    assert answers == [404, 404, 429]
    assert ask(path, access=accesses[2], address="203.0.113.8").status_code == 404
