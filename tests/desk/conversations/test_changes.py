"""Taking, resolving, reopening, marks and drafts."""

from __future__ import annotations

import pytest

from bitp.desk.contacts.models import Identity
from bitp.desk.conversations import changes
from bitp.desk.conversations.errors import AlreadyTaken, BadAddress, BadTopic, NotFound
from bitp.desk.conversations.marks import Mark, drafts_of, move_marks, save_draft
from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.models import Conversation, Draft, ReadMark
from bitp.desk.conversations.queries import (
    conversation_of_contact,
    conversations_for,
    conversations_of_customer,
    counts_for,
)
from bitp.events.models import Event
from tests.people import make_customer, make_member, make_visitor, say
from tests.streams import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def codes(reference: str) -> list[str]:
    conversation = Conversation.objects.get(reference=reference)
    page, _ = messages_of(conversation.pk, 0, "customer")
    return [message["parts"]["code"] for message in page if message["parts"]]


def test_carol_takes_a_conversation_and_the_customer_is_told_her_name() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    changes.take(reference, carol)
    changes.take(reference, carol)
    assert Conversation.objects.get().assignee == carol
    assert codes(reference) == ["agent_joined"]
    assert kinds("queue/main") == ["queue.entered", "queue.left"]
    assert kinds(f"agent/{carol.pk}") == ["conversation.assigned"]


def test_dave_cannot_take_what_carol_has() -> None:
    alice, carol, dave = make_customer("Alice"), make_member("Carol"), make_member("Dave")
    reference = say(alice, "help").reference
    changes.take(reference, carol)
    before = Event.objects.count()
    with pytest.raises(AlreadyTaken):
        changes.take(reference, dave)
    assert Conversation.objects.get().assignee == carol
    assert Event.objects.count() == before


def test_a_released_conversation_waits_again() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    changes.take(reference, carol)
    say(carol, "one moment", conversation=reference)
    changes.release(reference, carol)
    conversation = Conversation.objects.get()
    assert conversation.assignee is None
    assert conversation.status == "open"
    assert conversation.waiting_since_us > 0
    assert counts_for(carol)["waiting"] == 1
    assert kinds(f"agent/{carol.pk}")[-1] == "conversation.unassigned"


def test_a_conversation_is_resolved_once_and_reopened_by_either_side() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    changes.resolve(reference, carol)
    changes.resolve(reference, carol)
    assert codes(reference) == ["resolved"]
    changes.reopen_by_contact(alice, reference)
    assert Conversation.objects.get().status == "open"
    changes.resolve(reference, carol)
    changes.reopen(reference, carol)
    assert codes(reference) == ["resolved", "reopened", "resolved", "reopened"]


def test_after_seven_days_a_customer_starts_anew() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    changes.resolve(reference, carol)
    Conversation.objects.update(resolved_us=1)
    with pytest.raises(NotFound):
        changes.reopen_by_contact(alice, reference)
    assert Conversation.objects.get().status == "resolved"


def test_mallory_sees_and_changes_nothing_of_alices() -> None:
    alice, mallory, carol = make_customer("Alice"), make_customer("Mallory"), make_member("Carol")
    reference = say(alice, "help").reference
    changes.resolve(reference, carol)
    before = Event.objects.count()
    with pytest.raises(NotFound):
        conversation_of_contact(mallory, reference)
    with pytest.raises(NotFound):
        changes.reopen_by_contact(mallory, reference)
    with pytest.raises(NotFound):
        changes.set_topic_by_contact(mallory, reference, "order")
    with pytest.raises(NotFound):
        changes.leave_address(mallory, reference, "mallory@example.com")
    assert Event.objects.count() == before
    assert not Identity.objects.exists()
    assert conversations_of_customer(int(mallory.customer), "", 1).items == []


def test_an_unknown_topic_is_refused() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    with pytest.raises(BadTopic):
        changes.set_topic(reference, "nonsense", carol)
    changes.set_topic(reference, "deposit", carol)
    assert Conversation.objects.get().topic == "deposit"


def test_the_last_address_left_is_the_one_that_is_told_and_it_proves_nothing() -> None:
    visitor = make_visitor()
    reference = say(visitor, "help").reference
    changes.leave_address(visitor, reference, " First@Example.com ")
    changes.leave_address(visitor, reference, "second@example.com")
    identity = Identity.objects.get()
    assert (identity.address, identity.verified_how) == ("second@example.com", "")
    with pytest.raises(BadAddress):
        changes.leave_address(visitor, reference, "not an address")


def test_marks_move_forward_only_and_never_beyond_the_last_message() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "one").reference
    for text in ("two", "three"):
        say(alice, text)
    mark = f"staff:{carol.pk}"
    move_marks([Mark(reference, mark, 2, 2)])
    move_marks([Mark(reference, mark, 1, 1)])
    move_marks([Mark(reference, mark, 99, 2)])
    row = ReadMark.objects.get()
    assert (row.delivered, row.read) == (3, 2)
    assert kinds(f"conversation/{reference}/customer").count("conversation.marked") == 2


def test_what_carol_has_read_does_not_count_as_unread_for_her() -> None:
    alice, carol, dave = make_customer("Alice"), make_member("Carol"), make_member("Dave")
    reference = say(alice, "one").reference
    move_marks([Mark(reference, f"staff:{carol.pk}", 1, 1)])
    assert conversations_for(carol, "waiting").items[0]["unread"] == 0
    assert conversations_for(dave, "waiting").items[0]["unread"] == 1


def test_a_draft_is_kept_without_secrets_and_goes_when_it_is_emptied() -> None:
    alice, carol, dave = make_customer("Alice"), make_member("Carol"), make_member("Dave")
    say(alice, "one")
    conversation = Conversation.objects.get()
    save_draft(conversation, carol, "code: 123456 — 验证码 123456", is_note=False)
    save_draft(conversation, carol, "a note", is_note=True)
    assert "123456" not in "".join(Draft.objects.values_list("text", flat=True))
    assert len(drafts_of(conversation, carol)) == 2
    assert drafts_of(conversation, dave) == []
    save_draft(conversation, carol, " ", is_note=True)
    assert len(drafts_of(conversation, carol)) == 1


def test_a_deactivated_member_sees_no_conversation() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    say(alice, "one")
    carol.user.is_active = False
    assert conversations_for(carol, "all").items == []


def test_history_is_read_in_pages_and_customers_never_get_notes() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "m1").reference
    for n in range(2, 131):
        say(carol, f"m{n}", conversation=reference, note=n % 2 == 0)
    pk = Conversation.objects.get().pk
    page, more = messages_of(pk, 0, "staff")
    assert ([m["number"] for m in page], more) == (list(range(81, 131)), True)
    page, more = messages_of(pk, 31, "staff")
    assert ([m["number"] for m in page], more) == (list(range(1, 31)), False)
    shown, _ = messages_of(pk, 0, "customer", limit=100)
    assert not any(m["note"] for m in shown)
    assert {"level", "evidence", "delivery"}.isdisjoint(shown[0])
    assert "id" not in shown[-1]["author"]
