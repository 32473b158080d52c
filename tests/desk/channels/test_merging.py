"""A visitor who signs in: the talk goes on, and the visitor token opens nothing any more."""

from __future__ import annotations

import pytest

from bitp.desk.channels.chat.inbound import ChatInbound
from bitp.desk.channels.chat.subjects import may_follow, read_resume, resume_token
from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation, Message
from bitp.events.models import Event
from bitp.live.inbound import Refused
from tests.desk.channels.conftest import ask, enter
from tests.people import make_customer, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def written_by(visitor: dict[str, object], text: str = "Is somebody there?") -> str:
    """The visitor's conversation."""
    reference = visitor["subject"]["reference"]  # type: ignore[index]
    contact = Contact.objects.get(reference=reference)
    return say(contact, text, thread="before").reference


def test_the_visitors_talk_becomes_the_customers(site: Inbox) -> None:
    visitor = enter()
    reference = written_by(visitor)
    alice = make_customer("Alice")
    answer = enter(client=client_of(alice), visitor=visitor["visitor"])
    assert answer["subject"]["reference"] == alice.reference
    assert [each["reference"] for each in answer["conversations"]] == [reference]
    assert answer["merged_from"] == visitor["subject"]["reference"]
    assert Conversation.objects.get().contact == alice
    # What was said before keeps the proof it had.
    assert Message.objects.get().level == 0
    merged = Event.objects.get(kind="contact.merged")
    assert '"conversations":["' + reference in merged.data
    assert "somebody" not in merged.data


def test_the_visitor_token_sees_nothing_of_the_customer(site: Inbox) -> None:
    visitor = enter()
    mine = written_by(visitor)
    alice = make_customer("Alice")
    other = say(alice, "Something private").reference
    enter(client=client_of(alice), visitor=visitor["visitor"])
    for reference in (mine, other):
        path = f"/chat/conversations/{reference}"
        assert ask(path, access=visitor["access"]).status_code == 404
    again = enter(visitor=visitor["visitor"])
    assert again["conversations"] == []
    assert again["subject"]["reference"] not in {
        alice.reference,
        visitor["subject"]["reference"],
    }


def test_the_visitors_sockets_are_cut_and_cannot_resume(site: Inbox) -> None:
    visitor = enter()
    reference = written_by(visitor)
    inbound = ChatInbound()
    position = inbound.start_position()
    subject = inbound.open(visitor["ticket"])
    resume = resume_token(subject)
    assert may_follow(subject, f"conversation/{reference}/customer")
    alice = make_customer("Alice")
    enter(client=client_of(alice), visitor=visitor["visitor"])
    cut = [each.session for each in inbound.tail(position, 100).revocations]
    assert subject.session in cut
    assert not may_follow(read_resume(resume), f"conversation/{reference}/customer")
    with pytest.raises(Refused):
        inbound.resume(resume)


def test_merging_happens_once_and_is_told_again(site: Inbox) -> None:
    visitor = enter()
    written_by(visitor)
    client = client_of(make_customer("Alice"))
    first, again = (enter(client=client, visitor=visitor["visitor"]) for _ in range(2))
    assert first["merged_from"] == again["merged_from"] == visitor["subject"]["reference"]
    assert Event.objects.filter(kind="contact.merged").count() == 1


def test_somebody_elses_sign_in_with_the_same_token_gets_nothing_more(site: Inbox) -> None:
    visitor = enter()
    reference = written_by(visitor)
    alice, mallory = make_customer("Alice"), make_customer("Mallory")
    enter(client=client_of(alice), visitor=visitor["visitor"])
    answer = enter(client=client_of(mallory), visitor=visitor["visitor"])
    assert answer["conversations"] == []
    assert Conversation.objects.get(reference=reference).contact == alice


def test_a_page_of_another_site_cannot_merge(site: Inbox) -> None:
    site.origins = "https://shop.example.com"
    site.save()
    visitor = enter()
    reference = written_by(visitor)
    client = client_of(make_customer("Alice"))
    answer = enter(client=client, visitor=visitor["visitor"], origin="https://shop.example.com")
    assert answer["merged_from"] == ""
    assert Conversation.objects.get(reference=reference).contact.customer == ""
    assert not Event.objects.filter(kind="contact.merged").exists()


def test_the_customers_other_tab_hears_of_the_talk(site: Inbox) -> None:
    visitor = enter()
    reference = written_by(visitor)
    alice = make_customer("Alice")
    inbound = ChatInbound()
    position = inbound.start_position()
    enter(client=client_of(alice), visitor=visitor["visitor"])
    heard = [
        (each.kind, each.data["reference"])
        for each in inbound.tail(position, 100).entries
        if each.stream == f"contact/{alice.reference}"
    ]
    assert ("conversation.opened", reference) in heard
