"""What the words of a message bring about: a guessed topic, a person asked for, urgency."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations import changes
from bitp.desk.conversations.errors import NotFound
from bitp.desk.conversations.messages import messages_of
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import Outcome
from bitp.desk.conversations.queries import customer_forms, staff_summaries
from bitp.desk.routing.models import Queue
from bitp.desk.routing.queries import position
from bitp.events.models import Event
from tests.people import make_customer, make_member, make_visitor, post_of, say
from tests.streams import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def begin(who: Contact, text: str, topic: str = "") -> Outcome:
    return changes.outcomes_of([replace(post_of(who, text), topic=topic)])[0]


def of(outcome: Outcome) -> Conversation:
    return Conversation.objects.get(reference=outcome.reference)


def facts(kind: str) -> list[dict[str, object]]:
    return [
        msgspec.json.decode(data)
        for data in Event.objects.filter(kind=kind).order_by("pk").values_list("data", flat=True)
    ]


def codes(conversation: Conversation, audience: str) -> list[str]:
    page, _ = messages_of(conversation.pk, 0, audience)
    return [each["parts"]["code"] for each in page if each["kind"] == "system"]


@pytest.mark.parametrize(
    ("text", "topic"), [("我的充值一直没到账", "deposit"), ("my withdrawal is stuck", "withdrawal")]
)
def test_a_first_message_without_a_topic_gets_the_guessed_one(text: str, topic: str) -> None:
    found = of(begin(make_customer("Alice"), text))
    assert (found.topic, found.topic_from) == (topic, "guessed")
    [opened] = facts("conversation.opened")
    assert opened["topic"] == topic
    assert opened["topic_from"] == "guessed"
    assert opened["guessed_by"] == "model"
    assert isinstance(opened["certainty"], int)
    assert 40 <= opened["certainty"] <= 100
    assert staff_summaries([found], None)[0]["topic_guessed"] is True


def test_something_else_is_guessed_too_and_a_chosen_topic_stands() -> None:
    alice, bob = make_customer("Alice"), make_customer("Bob")
    assert of(begin(alice, "my deposit is missing", topic="other")).topic == "deposit"
    chosen = of(begin(bob, "my deposit is missing", topic="privacy"))
    assert (chosen.topic, chosen.topic_from) == ("privacy", "chosen")
    assert "guessed_by" not in facts("conversation.opened")[1]


def test_a_greeting_is_about_nothing_and_nobody_said_so() -> None:
    found = of(begin(make_visitor(), "hello"))
    assert (found.topic, found.topic_from) == ("other", "")
    assert staff_summaries([found], None)[0]["topic_guessed"] is False


def test_the_guessed_topic_decides_the_queue() -> None:
    Queue.objects.create(key="coins", name_en="Coins", name_zh="充提", topics="deposit", place=1)
    found = of(begin(make_customer("Alice"), "充值没到账"))
    assert found.queue == "coins"
    assert kinds("queue/coins") == ["queue.entered"]


def test_a_correction_stays_and_can_be_learned_from() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    found = of(begin(alice, "my deposit is missing"))
    changes.set_topic(found.reference, "order", carol)
    say(alice, "it was withdrawn, and deposited", conversation=found.reference)
    found.refresh_from_db()
    assert (found.topic, found.topic_from) == ("order", "chosen")
    expected = {"conversation": found.reference, "topic": "order"}
    assert facts("conversation.topic_corrected") == [
        {**expected, "was": "deposit", "was_from": "guessed"}
    ]
    assert facts("conversation.changed")[-1]["topic_guessed"] is False
    changes.set_topic_by_contact(alice, found.reference, "privacy")
    assert facts("conversation.topic_corrected")[-1]["was_from"] == "chosen"


def test_mallory_corrects_nothing() -> None:
    found = of(begin(make_customer("Alice"), "my deposit is missing"))
    with pytest.raises(NotFound):
        changes.set_topic_by_contact(make_visitor(), found.reference, "order")
    found.refresh_from_db()
    assert found.topic == "deposit"
    assert facts("conversation.topic_corrected") == []


@pytest.mark.parametrize("text", ["转人工", "let me talk to a human"])
def test_a_wish_for_a_person_reaches_the_queue_within_one_message(text: str) -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    found = of(begin(alice, "hello"))
    changes.resolve(found.reference, carol)
    assert say(alice, text, conversation=found.reference).result == "accepted"
    found.refresh_from_db()
    assert found.status == "open"
    assert found.waiting_since_us
    assert position(found) == 1
    assert kinds("queue/main") == ["queue.entered", "queue.left", "queue.entered"]
    assert facts("conversation.wants_human") == [{"conversation": found.reference, "number": 3}]
    assert codes(found, "staff") == ["resolved", "wants_human"]
    assert codes(found, "customer") == ["resolved"]


def test_a_wish_repeated_is_one_line_a_wait() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    found = of(begin(alice, "人工"))
    changes.outcomes_of(
        [post_of(alice, "人工客服", conversation=found.reference, cid=f"c{n}") for n in range(3)]
    )
    say(alice, "转人工", conversation=found.reference)
    assert codes(found, "staff") == ["wants_human"]
    assert len(facts("conversation.wants_human")) == 5
    say(carol, "I am here", conversation=found.reference)
    say(alice, "另一个人工客服", conversation=found.reference)
    assert codes(found, "staff") == ["wants_human", "wants_human"]
    numbers = found.messages.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 10))


def test_who_declines_a_person_and_what_staff_write_is_not_heard() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    found = of(begin(alice, "不用转人工，谢谢"))
    say(carol, "转人工？ You were hacked", conversation=found.reference)
    assert facts("conversation.wants_human") == []
    assert facts("conversation.urgent") == []
    assert codes(found, "staff") == []


def test_a_stolen_account_goes_before_who_waits_longer() -> None:
    bob, alice = make_customer("Bob"), make_customer("Alice")
    first = of(begin(bob, "hello"))
    urgent = of(begin(alice, "我的账号被盗了，币被转走了"))
    assert urgent.topic == "security"
    assert (position(urgent), position(first)) == (1, 2)
    assert staff_summaries([urgent], None)[0]["urgent"] is True
    assert codes(urgent, "staff") == ["urgent_takeover"]
    assert codes(urgent, "customer") == []
    assert facts("conversation.urgent") == [
        {"conversation": urgent.reference, "number": 1, "why": "takeover"}
    ]
    assert "conversation.urgent" in kinds("queue/main")


def test_it_becomes_urgent_later_once_and_is_over_when_settled() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    found = of(begin(alice, "where is my money"))
    changes.take(found.reference, carol)
    say(alice, "someone withdrew my coins", conversation=found.reference)
    say(alice, "I was hacked!", conversation=found.reference)
    assert len(facts("conversation.urgent")) == 1
    assert "conversation.urgent" in kinds(f"agent/{carol.pk}")
    changes.resolve(found.reference, carol)
    found.refresh_from_db()
    assert found.urgent_since_us == 0
    say(alice, "thanks", conversation=found.reference)
    found.refresh_from_db()
    assert found.urgent_since_us == 0


def test_customers_are_not_told_how_they_were_judged() -> None:
    found = of(begin(make_customer("Alice"), "I was hacked, give me a human"))
    form = customer_forms([found])[0]
    assert not {"urgent", "topic_guessed", "topic_from"} & set(form)
    assert not {"conversation.urgent", "conversation.wants_human"} & set(
        kinds(f"conversation/{found.reference}/customer")
    )
