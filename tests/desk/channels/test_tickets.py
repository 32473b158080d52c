"""Who the chat takes somebody for, and what the ticket and the tokens are good for."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from bitp.desk.channels.chat.subjects import (
    read_resume,
    read_ticket,
    resume_signer,
    resume_token,
)
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact, Identity
from bitp.events.models import Event
from bitp.identity.models import User
from bitp.identity.sessions import SessionStore, end_sessions_of
from bitp.lib import clock
from bitp.live.inbound import Refused
from tests.desk.channels.conftest import HOST, ask, enter, word
from tests.people import make_customer, make_member, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_stranger_becomes_a_visitor_with_a_token_to_come_back_with(site: Inbox) -> None:
    first = enter(language="zh-CN")
    again = enter(visitor=first["visitor"])
    assert first["subject"]["signed_in"] is False
    assert again["subject"]["reference"] == first["subject"]["reference"]
    assert Contact.objects.get().language == "zh-hans"
    subject = read_ticket(again["ticket"])
    assert (subject.evidence, subject.user, subject.kind) == ("{}", 0, "customer")


def test_a_customer_is_known_by_the_session_and_gets_no_visitor_token(site: Inbox) -> None:
    alice = make_customer("Alice")
    answer = enter(client=client_of(alice))
    assert answer["subject"]["reference"] == alice.reference
    assert (answer["subject"]["signed_in"], answer["visitor"]) == (True, "")
    evidence = json.loads(read_ticket(answer["ticket"]).evidence)
    assert evidence["kind"] == "session"
    assert len(evidence["session"]) == 32
    assert evidence["signed_in_at_s"] > 1_700_000_000


def test_a_customer_who_never_wrote_becomes_a_contact_once(site: Inbox) -> None:
    user = User.objects.create_user("bob@example.com", name="Bob", language="en")
    client = Client()
    client.force_login(user)
    references = {enter(client=client)["subject"]["reference"] for _ in range(2)}
    contact = Contact.objects.get()
    assert references == {contact.reference}
    assert (contact.platform, contact.customer, contact.name) == ("bitp", str(user.pk), "Bob")
    assert contact.identities.filter(channel="email", address="bob@example.com").exists()
    assert Event.objects.filter(kind="contact.created").count() == 1


@pytest.mark.parametrize(
    "origin", [None, "null", "http://localhost:8001", "https://localhost:8000"]
)
def test_a_cookie_counts_only_from_our_own_pages(site: Inbox, origin: str | None) -> None:
    alice = make_customer("Alice")
    site.origins = "null\nhttp://localhost:8001 https://localhost:8000"
    site.save()
    answer = enter(client=client_of(alice), origin=origin)
    assert answer["subject"]["reference"] != alice.reference
    assert answer["subject"]["signed_in"] is False


def test_staff_are_visitors_in_the_chat(site: Inbox) -> None:
    carol = make_member("Carol")
    client = client_of(carol)
    client.cookies["bitp_session"] = client.cookies["bitp_console"].value
    assert enter(client=client)["subject"]["signed_in"] is False


@pytest.mark.parametrize("token", ["", "nonsense", "a.b", "é.é", "e30.e30"])
def test_a_bad_visitor_token_is_a_new_visitor(site: Inbox, token: str) -> None:
    enter()
    enter(visitor=token)
    assert Contact.objects.count() == 2


def test_a_visitor_token_of_one_inbox_is_nobodys_in_another(site: Inbox, shop: Inbox) -> None:
    ours = enter()
    theirs = enter("shop", origin=HOST, visitor=ours["visitor"])
    assert theirs["subject"]["reference"] != ours["subject"]["reference"]


def test_a_ticket_is_no_access_token_and_the_other_way_round(site: Inbox) -> None:
    answer = enter()
    with pytest.raises(Refused):
        read_ticket(answer["access"])
    refused = ask("/chat/conversations/BP-2222-2222", access=answer["ticket"])
    assert refused.status_code == 401


def test_a_customers_access_ends_with_the_session(site: Inbox) -> None:
    alice = make_customer("Alice")
    reference = say(alice, "Where is my deposit?").reference
    client = client_of(alice)
    access = enter(client=client)["access"]
    path = f"/chat/conversations/{reference}"
    assert ask(path, client=client, access=access).status_code == 200
    # The token alone, as somebody who copied it has it.
    assert ask(path, access=access).status_code == 401
    # Signed in again in the meantime: another session.
    assert ask(path, client=client_of(alice), access=access).status_code == 401
    with transaction.atomic():
        end_sessions_of(User.objects.get(pk=int(alice.customer)), "signed out everywhere")
    assert ask(path, client=client, access=access).status_code == 401


def test_the_first_screen_lists_the_conversations_with_the_numbers_to_follow_from(
    site: Inbox,
) -> None:
    alice = make_customer("Alice")
    reference = say(alice, "One").reference
    say(alice, "Two", conversation=reference)
    answer = enter(client=client_of(alice))
    (listed,) = answer["conversations"]
    assert (listed["reference"], listed["last_text"]) == (reference, "Two")
    assert listed["head"] >= 2
    assert answer["subject"]["stream"] == f"contact/{alice.reference}"
    assert answer["subject"]["head"] >= 1
    assert set(answer["availability"]) == {
        "open",
        "agents",
        "waiting",
        "wait_minutes",
        "opens_at",
    }


def test_a_closed_or_unknown_inbox_is_not_found(site: Inbox) -> None:
    assert ask("/chat/ticket", {"inbox": "nowhere"}).status_code == 404
    site.is_open = False
    site.save()
    assert ask("/chat/ticket", {"inbox": "site"}).status_code == 404
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b'{"inbox": 7}', b"\xff", b"[" * 9_000, b'{"visitor": "' + b"a" * 2_000 + b'"}'],
)
def test_a_body_that_is_not_understood_is_refused_and_does_nothing(
    site: Inbox, body: bytes
) -> None:
    answer = Client().post(
        "/chat/ticket",
        body,
        content_type="application/json",
        headers={"Origin": settings.ORIGIN},
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Contact.objects.exists()


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_form_of_another_site_cannot_ask(site: Inbox, content_type: str) -> None:
    alice = client_of(make_customer("Alice"))
    answer = alice.post("/chat/ticket", b'{"inbox": "site"}', content_type=content_type)
    assert answer.status_code == 415


@override_settings(
    BITP_SUPPORT_CHANNELS={
        "email": "help@bitp.example",
        "phone": "+86 400 000 0000",
        "x": "",
        "telegram": "@bitp",
    }
)
def test_the_other_ways_in_are_the_connected_ones(site: Inbox) -> None:
    ways = {each["kind"]: each["link"] for each in enter()["ways"]}
    assert ways == {
        "email": "mailto:help@bitp.example",
        "phone": "tel:+864000000000",
        "telegram": "https://t.me/bitp",
    }


def test_the_host_name_is_kept_without_secrets_and_tricks(shop: Inbox) -> None:
    name = "Ann\u202e\x00  evil abandon abandon abandon abandon abandon abandon abandon abandon "
    name += "abandon abandon abandon about"
    answer = enter("shop", origin=HOST, identity=word(name=name))
    kept = answer["subject"]["name"]
    assert kept
    assert not {"abandon", "aband", "about"} & set(kept.replace("⟦", " ").split())
    assert kept.isprintable()
    assert Identity.objects.get(channel="chat").verified_how == "host"


def chained(ticket: str, times: int = 3) -> int:
    """When the last of several resume tokens ends, each got with the one before."""
    subject, token = read_ticket(ticket), ""
    for _ in range(times):
        token = resume_token(subject)
        subject = read_resume(token)
    return int(resume_signer().read(token)["exp"])


def test_no_chain_of_resume_tokens_outlives_a_hosts_word(shop: Inbox) -> None:
    ends_s = int(time.time()) + 300
    answer = enter("shop", origin=HOST, identity=word(exp=ends_s))
    assert chained(answer["ticket"]) == pytest.approx(ends_s, abs=1)


def test_no_chain_of_resume_tokens_outlives_the_session(site: Inbox) -> None:
    carol = make_member("Carol")
    console = client_of(carol)
    session = SessionStore(console.cookies[settings.STAFF_SESSION_COOKIE_NAME].value, "staff")
    session.set_expiry(clock.now() + timedelta(seconds=300))
    session.save()
    ticket = console.post("/console/ticket").json()["ticket"]
    assert chained(ticket) == pytest.approx(time.time() + 300, abs=5)


def test_a_resume_token_after_the_proofs_end_is_refused(shop: Inbox) -> None:
    subject = read_ticket(enter("shop", origin=HOST, identity=word())["ticket"])
    late = resume_token(replace(subject, until_s=int(time.time()) - 1))
    with pytest.raises(Refused):
        read_resume(late)


def test_a_visitor_comes_back_for_a_day_each_time(site: Inbox) -> None:
    day_s = 24 * 3600
    assert chained(enter()["ticket"]) == pytest.approx(time.time() + day_s, abs=5)
