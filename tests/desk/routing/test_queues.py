"""Which queue a conversation belongs to, and who sees and follows it."""

from __future__ import annotations

import msgspec
import pytest

from bitp.desk.channels.chat.subjects import may_follow, read_ticket
from bitp.desk.channels.chat.tickets import issue_staff_ticket
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import Outcome
from bitp.desk.conversations.queries import conversations_for, for_member
from bitp.desk.routing.models import Queue, QueueMember
from bitp.desk.routing.queues import all_queues, choose_queue, hidden_queues, queues_of
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.desk.routing.at_work import follow, lines
from tests.people import make_customer, make_member, post_of
from tests.streams import kinds

pytestmark = pytest.mark.django_db(transaction=True)


def make_queue(key: str, **facts: object) -> Queue:
    return Queue.objects.create(key=key, name_en=key, name_zh=key, **facts)


def write(author: Contact, topic: str, language: str = "en") -> str:
    post = post_of(author, "help")
    fields = {name: getattr(post, name) for name in post.__slots__}
    outcome: Outcome = changes.outcomes_of(
        [type(post)(**{**fields, "topic": topic, "language": language})]
    )[0]
    return outcome.reference


def queue_of(reference: str) -> str:
    return Conversation.objects.get(reference=reference).queue


def test_the_first_open_queue_that_takes_topic_and_language_is_chosen() -> None:
    make_queue("closed", topics="deposit", place=1, closed_us=1)
    make_queue("chinese", topics="deposit withdrawal", languages="zh-hans", place=2)
    make_queue("money", topics="deposit withdrawal", place=3)
    queues = all_queues()
    assert choose_queue(queues, "deposit", "zh-hans").key == "chinese"
    assert choose_queue(queues, "deposit", "en").key == "money"
    assert choose_queue(queues, "security", "en").key == "main"


def test_the_main_queue_is_there_even_in_an_empty_database() -> None:
    Queue.objects.all().delete()
    assert [each.key for each in all_queues()] == ["main"]


def test_a_new_conversation_enters_the_queue_for_its_topic_and_the_log_says_so() -> None:
    make_queue("money", topics="deposit")
    reference = write(make_customer("Alice"), "deposit")
    assert queue_of(reference) == "money"
    assert kinds("queue/money") == ["queue.entered"]
    assert kinds("queue/main") == []
    opened = msgspec.json.decode(Event.objects.get(kind="conversation.opened").data)
    assert (opened["queue"], opened["topic"], opened["language"]) == ("money", "deposit", "en")


def test_another_topic_moves_a_waiting_conversation_to_the_other_queue() -> None:
    make_queue("money", topics="deposit")
    alice = make_customer("Alice")
    reference = write(alice, "other")
    changes.set_topic(reference, "deposit", make_member("Carol"))
    assert queue_of(reference) == "money"
    assert kinds("queue/main") == ["queue.entered", "queue.left"]
    assert kinds("queue/money") == ["queue.entered"]
    moved = Event.objects.get(kind="conversation.queue_changed")
    assert msgspec.json.decode(moved.data) == {
        "conversation": reference,
        "queue": "money",
        "was": "main",
    }


def test_staff_read_in_the_conversation_which_queue_was_chosen_and_for_what() -> None:
    make_queue("money", topics="deposit")
    alice, carol = make_customer("Alice"), make_member("Carol")
    plain, chosen = write(alice, "other"), write(make_customer("Bob"), "deposit")
    for _ in range(2):
        follow()
    changes.set_topic(plain, "deposit", carol)
    follow()
    line = {"code": "queued", "queue_en": "money", "queue_zh": "money", "topic": "deposit"}
    for reference in (plain, chosen):
        conversation = Conversation.objects.get(reference=reference)
        assert lines(conversation) == [line]
        assert lines(conversation, "customer") == []
    changes.set_topic(chosen, "other", carol)
    follow()
    assert lines(Conversation.objects.get(reference=chosen))[-1]["queue_en"] == "Everything"


def test_an_answered_conversation_moves_without_entering_anything() -> None:
    make_queue("money", topics="deposit")
    carol = make_member("Carol")
    reference = write(make_customer("Alice"), "other")
    changes.take(reference, carol)
    changes.set_topic(reference, "deposit", carol)
    assert queue_of(reference) == "money"
    assert kinds("queue/money") == []
    assert Conversation.objects.get().assignee == carol


@pytest.fixture
def money() -> Queue:
    """A queue in which Dave answers, and nobody else."""
    queue = make_queue("money", topics="deposit")
    QueueMember.objects.create(queue=queue, member=make_member("Dave"))
    return queue


def test_agents_follow_and_see_their_own_queues_and_everybodys(money: Queue) -> None:
    carol, dave = make_member("Carol"), Member.objects.get(alias="Dave")
    reference = write(make_customer("Alice"), "deposit")
    assert (queues_of(carol), queues_of(dave)) == (["main"], ["money", "main"])
    assert hidden_queues(make_member("Erin", "supervisor")) == []
    assert [each["reference"] for each in conversations_for(dave, "waiting").items] == [reference]
    assert conversations_for(carol, "waiting").items == []


def test_mallory_of_another_queue_follows_neither_the_queue_nor_its_conversation(
    money: Queue,
) -> None:
    mallory, dave = make_member("Mallory"), Member.objects.get(alias="Dave")
    reference = write(make_customer("Alice"), "deposit")
    subjects = [read_ticket(issue_staff_ticket(each, "session")) for each in (mallory, dave)]
    for stream in ("queue/money", f"conversation/{reference}/staff"):
        assert [may_follow(subject, stream) for subject in subjects] == [False, True], stream


def test_who_has_a_conversation_sees_it_whatever_its_queue(money: Queue) -> None:
    carol = make_member("Carol")
    reference = write(make_customer("Alice"), "other")
    changes.take(reference, carol)
    changes.set_topic(reference, "deposit", carol)
    assert for_member(carol).filter(reference=reference).exists()
