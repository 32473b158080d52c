"""Every address and every stream × everybody: one matrix, made from what the views declare.

A new address is in it by existing: it is asked as every role, with GET and POST, and the answer
is held against its declared right. What Alice wrote, and what staff noted about her, may stand in
no answer to somebody who has no right to it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from bitp.desk.attachments.changes import Handed, add
from bitp.desk.attachments.receiving import receive
from bitp.desk.channels.changes import site_inbox
from bitp.desk.channels.chat.subjects import may_follow, read_ticket
from bitp.desk.channels.chat.tickets import (
    Asker,
    issue_access,
    issue_customer_ticket,
    issue_staff_ticket,
)
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import outcomes_of, take
from bitp.desk.conversations.posting.post import file_parts
from bitp.desk.conversations.render import audience_of
from bitp.desk.staff.models import Member
from bitp.events.models import Heartbeat
from bitp.events.streams import entries_after
from bitp.identity.models import User
from bitp.lib.clock import now_us
from bitp.live.inbound import Subject
from tests.people import make_customer, make_member, make_visitor, post_of, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = ("visitor", "other customer", "owner", "agent", "supervisor", "operator")
STAFF_ROLES = frozenset({"agent", "supervisor", "operator"})
# What any of the chat's calls takes.
BODY = '{"topic": "order", "email": "someone@example.com"}'
# In Alice's message, in her name, and in the staff's note about her.
CANARIES = ("canary-message", "Alice-canary", "canary-note")


@dataclass(frozen=True, slots=True)
class Scene:
    """Alice has a conversation with Carol, who noted something about her."""

    alice: Contact
    bob: Contact
    visitor: Contact
    carol: Member
    dave: Member
    erin: Member
    reference: str
    attachment: str = ""

    def person(self, role: str) -> Contact | Member:
        """Who plays the role."""
        people: tuple[Contact | Member, ...] = (
            self.visitor,
            self.bob,
            self.alice,
            self.carol,
            self.dave,
            self.erin,
        )
        return people[ROLES.index(role)]


@pytest.fixture
def scene() -> Scene:
    alice = make_customer("Alice")
    Contact.objects.filter(pk=alice.pk).update(name="Alice-canary")
    carol = make_member("Carol")
    reference = say(alice, "canary-message").reference
    take(reference, carol)
    Heartbeat.objects.create(process="worker", at_us=now_us())
    say(carol, "canary-note", conversation=reference, note=True)
    attachment = handed_over(alice, b"canary-message in a file")
    return Scene(
        alice,
        make_customer("Bob"),
        make_visitor(),
        carol,
        make_member("Dave", "supervisor"),
        make_member("Erin", "operator"),
        reference,
        attachment,
    )


def handed_over(contact: Contact, content: bytes) -> str:
    """The reference of a file that the contact has sent."""
    received = receive(io.BytesIO(content).read, len(content), "a.txt")
    row = add(received, Handed(contact, "contact", contact.pk, "session"))
    post = post_of(contact, "", thread="files")
    files = (row.reference,)
    sent = replace(post, kind="file", parts=file_parts(files), attachments=files)
    assert outcomes_of([sent])[0].result == "accepted"
    return row.reference


def addresses(
    patterns: list[Any] | None = None, prefix: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the product with its pattern."""
    for each in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        else:
            yield "/" + route, each


def fill(route: str, scene: Scene) -> str:
    """The address with sample values that exist."""
    samples = {
        "reference": scene.reference,
        "slug": "privacy",
        "member_id": str(scene.dave.pk),
        "name": "app.js",
        "token": "no-such-token",
        "attachment": scene.attachment,
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: samples.get(found.group(1), "1"), route)


def may(right: str, role: str) -> bool:
    """Whether the declared right lets the role in."""
    if right == "public":
        return True
    if right == "customer":
        return role in {"owner", "other customer"}
    if right == "contact":
        return role == "owner"
    if right == "contacts":
        return role not in STAFF_ROLES
    allowed = STAFF_ROLES if right == "staff" else frozenset(right.split("+"))
    return role in allowed


def ask(client: Client, method: str, address: str, person: Contact | Member) -> HttpResponseBase:
    """One request as the browser of that person makes it, with the chat's token."""
    headers = {"Accept": "application/json"}
    if isinstance(person, Contact):
        headers["Authorization"] = f"Bearer {access_of(person)}"
    return client.generic(method, address, BODY, "application/json", headers=headers)


def access_of(contact: Contact) -> str:
    asker = Asker(contact, site_inbox(), "session", {})
    return issue_access(asker)


def is_let_in(answer: HttpResponseBase) -> bool:
    """Any answer but "sign in", "not found" and "not by this method" (told before who asks)."""
    to_sign_in = answer.status_code == 302 and (
        "sign-in" in answer["Location"] or "/login/" in answer["Location"]
    )
    return answer.status_code not in {401, 403, 404, 405} and not to_sign_in


def body_of(answer: HttpResponseBase) -> str:
    if getattr(answer, "streaming", False):
        return ""
    content: bytes = getattr(answer, "content", b"")
    return content.decode(errors="replace")


def test_every_address_lets_in_whom_it_declares_and_nobody_else(scene: Scene) -> None:
    asked = 0
    wrong = []
    for route, pattern in addresses():
        right = getattr(pattern.callback, "right", "")
        if not right:
            wrong.append(f"{route} declares no right")
        for role, method in product(ROLES, ("GET", "POST")):
            if not is_ending(route, method):
                wrong += judge(route, right, role, method, scene)
                asked += 1
    print(f"rights: {asked} requests, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def judge(route: str, right: str, role: str, method: str, scene: Scene) -> list[str]:
    """What is wrong with the answer that this role gets."""
    person = scene.person(role)
    answer = ask(client_of(person), method, fill(route, scene), person)
    where = f"{method} {route} ({right}) as {role}"
    wrong = [f"{where}: {answer.status_code}"] if answer.status_code >= 500 else []
    if is_let_in(answer) and not may(right, role):
        wrong.append(f"{where}: let in")
    hidden = () if role in STAFF_ROLES else CANARIES[2:] if role == "owner" else CANARIES
    if not may(right, role):
        hidden = CANARIES
    return wrong + [f"{where}: shows {each}" for each in hidden if each in body_of(answer)]


def is_ending(route: str, method: str) -> bool:
    """What would take the scene apart for the requests after it."""
    return method == "POST" and route.endswith(("/deactivate", "/role", "/language"))


def test_the_owner_and_staff_do_see_the_conversation(scene: Scene) -> None:
    mine = ask(client_of(scene.alice), "GET", f"/chat/conversations/{scene.reference}", scene.alice)
    theirs = ask(client_of(scene.carol), "GET", f"/console/data/c/{scene.reference}", scene.carol)
    assert "canary-message" in body_of(mine)
    assert "canary-note" not in body_of(mine)
    assert "canary-note" in body_of(theirs)


def subject_of(person: Contact | Member) -> Subject:
    if isinstance(person, Member):
        return read_ticket(issue_staff_ticket(person, "session"))
    return read_ticket(issue_customer_ticket(Asker(person, site_inbox(), "session", {})))


def test_every_stream_is_followed_by_whom_it_is_for_and_nobody_else(scene: Scene) -> None:
    streams = {
        f"conversation/{scene.reference}/customer": {"owner"},
        f"conversation/{scene.reference}/staff": STAFF_ROLES,
        f"contact/{scene.alice.reference}": {"owner"},
        f"agent/{scene.carol.pk}": {"agent"},
        "queue/main": STAFF_ROLES,
        "operations": {"supervisor", "operator"},
        "conversation/BP-2222-2222/staff": set(),
        "conversation/BP-2222-2222/customer": set(),
        "conversation/../staff": set(),
        "": set(),
    }
    wrong = []
    for stream, followers in streams.items():
        for role in ROLES:
            may_now = may_follow(subject_of(scene.person(role)), stream)
            if may_now != (role in followers):
                wrong.append(f"{role} {'may' if may_now else 'may not'} follow {stream!r}")
    print(f"streams: {len(streams) * len(ROLES)} asked, {len(wrong)} wrong")
    assert not wrong, "\n".join(wrong)


def test_no_note_is_in_any_stream_that_a_customer_follows(scene: Scene) -> None:
    for stream in (
        f"conversation/{scene.reference}/customer",
        f"contact/{scene.alice.reference}",
    ):
        assert audience_of(stream) == "customer"
        assert not any('"note":true' in entry.data for entry in entries_after(stream, 0, 100))
    staff = entries_after(f"conversation/{scene.reference}/staff", 0, 100)
    assert any('"note":true' in entry.data for entry in staff)


def test_a_signed_in_member_is_a_stranger_on_the_customers_side(scene: Scene) -> None:
    client = client_of(scene.carol)
    client.cookies["bitp_session"] = client.cookies["bitp_console"].value
    page = client.get("/support/conversations")
    assert not isinstance(page.wsgi_request.user, User)
    assert User.objects.filter(kind="staff").count() == 3
