"""The chat's calls about a conversation: one's own, and nobody else's."""

from __future__ import annotations

from typing import Any

import pytest

from bitp.desk.channels.models import Inbox
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.conversations.changes import resolve
from bitp.desk.conversations.models import Conversation
from tests.desk.channels.conftest import HOST, ask, enter, word
from tests.people import make_member, say

pytestmark = pytest.mark.django_db(transaction=True)


class Person:
    """Somebody with the chat open."""

    def __init__(self, **how: str) -> None:
        answer = enter(**how)
        self.access = answer["access"]
        self.contact = Contact.objects.get(reference=answer["subject"]["reference"])

    def get(self, reference: str, more: str = "") -> tuple[int, dict[str, Any]]:
        answer = ask(f"/chat/conversations/{reference}{more}", access=self.access)
        return answer.status_code, answer.json()

    def post(self, reference: str, what: str, **body: str) -> tuple[int, str]:
        path = f"/chat/conversations/{reference}/{what}"
        answer = ask(path, dict(body), access=self.access)
        return answer.status_code, answer.json()["code"] if answer.content else ""


@pytest.fixture
def bob(site: Inbox) -> Person:
    return Person()


@pytest.fixture
def mallory(site: Inbox) -> Person:
    return Person()


def test_a_page_has_the_last_fifty_and_the_way_to_the_ones_before(bob: Person) -> None:
    reference = say(bob.contact, "1").reference
    for number in range(2, 61):
        say(bob.contact, str(number), conversation=reference)
    status, page = bob.get(reference)
    assert status == 200
    assert [each["text"] for each in page["messages"]] == [str(n) for n in range(11, 61)]
    assert (page["more"], page["last_number"]) == (True, 60)
    assert page["head"] >= 60
    _, before = bob.get(reference, "?before=11")
    assert [each["number"] for each in before["messages"]] == list(range(1, 11))
    assert before["more"] is False


def test_notes_are_not_in_it(bob: Person) -> None:
    reference = say(bob.contact, "Hello").reference
    carol = make_member("Carol")
    say(carol, "He sounds worried", conversation=reference, note=True)
    say(carol, "Hello, this is Carol", conversation=reference)
    _, page = bob.get(reference)
    assert [each["text"] for each in page["messages"]] == ["Hello", "Hello, this is Carol"]
    assert "worried" not in str(page)


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "١"])
def test_a_strange_number_is_the_last_page(bob: Person, before: str) -> None:
    reference = say(bob.contact, "Hello").reference
    assert len(bob.get(reference, f"?before={before}")[1]["messages"]) == 1


def test_somebody_elses_conversation_is_not_found_and_stays_as_it_is(
    bob: Person, mallory: Person
) -> None:
    reference = say(bob.contact, "Mine").reference
    resolve(reference, make_member("Carol"))
    nowhere = "BP-2222-2222"
    assert mallory.get(reference) == mallory.get(nowhere)
    assert mallory.get(reference, "/place")[0] == 404
    for what, body in (
        ("reopen", {}),
        ("address", {"email": "mallory@example.com"}),
        ("topic", {"topic": "privacy"}),
    ):
        answer = mallory.post(reference, what, **body)
        assert answer == mallory.post(nowhere, what, **body) == (404, "not_found")
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.topic) == ("resolved", "other")
    assert not Identity.objects.filter(channel="email").exists()


def test_without_a_token_there_is_nothing(bob: Person) -> None:
    reference = say(bob.contact, "Mine").reference
    for access in ("", "nonsense", bob.access[:-2]):
        answer = ask(f"/chat/conversations/{reference}", access=access)
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_an_address_is_left_once_and_corrected(bob: Person) -> None:
    reference = say(bob.contact, "Hello").reference
    assert bob.post(reference, "address", email="bob@example")[1] == "bad_address"
    assert bob.post(reference, "address", email="b" * 300)[0] == 400
    for email in ("bobb@example.com", " Bob@Example.com "):
        assert bob.post(reference, "address", email=email) == (204, "")
    kept = Identity.objects.get(channel="email")
    assert (kept.address, kept.verified_how) == ("bob@example.com", "")


def test_a_settled_talk_is_opened_again(bob: Person) -> None:
    reference = say(bob.contact, "Hello").reference
    resolve(reference, make_member("Carol"))
    assert bob.get(reference)[1]["can_reopen"] is True
    assert bob.post(reference, "reopen") == (204, "")
    assert Conversation.objects.get().status == "open"


def test_the_topic_is_corrected(bob: Person) -> None:
    reference = say(bob.contact, "Hello").reference
    assert bob.post(reference, "topic", topic="nonsense") == (400, "bad_topic")
    assert bob.post(reference, "topic", topic="deposit") == (204, "")
    assert Conversation.objects.get().topic == "deposit"


def test_the_place_in_the_queue_is_told(bob: Person, mallory: Person) -> None:
    say(mallory.contact, "First")
    reference = say(bob.contact, "Second").reference
    status, place = bob.get(reference, "/place")
    assert (status, place["position"], place["availability"]["open"]) == (200, 2, False)


def test_availability_names_the_people_who_are_there(site: Inbox) -> None:
    from bitp.desk.staff.presence import set_presence

    carol = make_member("Carol")
    set_presence(carol.pk, "available")
    answer = ask("/chat/availability?inbox=site").json()
    assert (answer["open"], answer["agents"]) == (True, ["Carol"])
    assert ask("/chat/availability?inbox=nowhere").status_code == 404


def test_other_methods_are_refused(bob: Person) -> None:
    assert ask("/chat/ticket").status_code == 405
    assert ask("/chat/conversations/BP-2222-2222", {}, access=bob.access).status_code == 405


def test_a_host_user_keeps_the_talk_from_day_to_day(shop: Inbox) -> None:
    ann = Person(inbox="shop", origin=HOST, identity=word())
    reference = say(ann.contact, "Hello").reference
    later = enter("shop", origin=HOST, identity=word())
    assert [each["reference"] for each in later["conversations"]] == [reference]
