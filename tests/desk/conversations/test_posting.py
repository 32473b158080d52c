"""Posting: each item once, in order, and nothing that was refused leaves a trace."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from bitp.desk.conversations.changes import outcomes_of, post_messages, resolve
from bitp.desk.conversations.models import Conversation, Delivery, Message
from bitp.desk.conversations.posting import batch, effects, rows
from bitp.desk.conversations.posting.post import Outcome, Post, Prepared, Target
from bitp.desk.routing.models import Wait
from bitp.events.models import Event, Job
from bitp.events.streams import entries_after
from bitp.lib.clock import now_us
from tests.people import make_customer, make_member, make_visitor, post_of, say
from tests.streams import kinds

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE_US = 60 * 1_000_000
# One attempt leaves some patience, two leave none.
WAIT_IN_VAIN_S = 0.6 * batch.PATIENCE_S


@dataclass
class Clock:
    """Goes only when a test moves it, so that no machine is too slow for a test."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which posting loses its patience."""
    own = Clock()
    monkeypatch.setattr(batch, "monotonic", own)
    return own


def texts(reference: str) -> list[str]:
    rows = Message.objects.filter(conversation__reference=reference).order_by("number")
    return [row.text for row in rows]


def test_a_first_message_opens_a_conversation_and_waits_in_the_queue() -> None:
    alice = make_customer("Alice")
    outcome = say(alice, "Where is my deposit?", at_us=5 * MINUTE_US)
    conversation = Conversation.objects.get(reference=outcome.reference)
    assert outcome.result == "accepted"
    assert outcome.number == 1
    assert conversation.waiting_since_us == 5 * MINUTE_US
    assert (conversation.level, conversation.status) == (2, "open")
    assert kinds("queue/main") == ["queue.entered"]
    assert kinds(f"contact/{alice.reference}") == ["conversation.opened"]


def test_messages_of_one_thread_join_one_conversation_also_within_a_batch() -> None:
    alice = make_customer("Alice")
    outcomes = outcomes_of([post_of(alice, f"line {n}") for n in range(5)])
    later = say(alice, "line 5")
    assert {o.reference for o in [*outcomes, later]} == {later.reference}
    assert texts(later.reference) == [f"line {n}" for n in range(6)]
    assert [o.number for o in outcomes] == [1, 2, 3, 4, 5]


def test_the_same_id_again_is_a_duplicate_with_the_same_answer() -> None:
    alice = make_customer("Alice")
    post = post_of(alice, "once")
    first = outcomes_of([post])[0]
    again = outcomes_of([post])[0]
    assert again == Outcome("duplicate", first.reference, 1, "once", first.at_us)
    assert Message.objects.count() == 1


def test_the_same_id_twice_in_one_batch_is_stored_once() -> None:
    alice = make_customer("Alice")
    post = post_of(alice, "once")
    outcomes = outcomes_of([post, post])
    assert [o.result for o in outcomes] == ["accepted", "duplicate"]
    assert Message.objects.count() == 1


def test_the_same_id_with_another_text_is_a_conflict_and_tells_nothing_of_the_first() -> None:
    alice = make_customer("Alice")
    first = say(alice, "one", cid="x")
    other = say(alice, "two", cid="x")
    assert other.result == "conflict"
    assert other.text == ""
    assert texts(first.reference) == ["one"]


def test_two_people_may_use_the_same_id() -> None:
    alice, bob = make_customer("Alice"), make_customer("Bob")
    assert say(alice, "hers", cid="x").result == "accepted"
    assert say(bob, "his", cid="x").result == "accepted"


def test_mallory_cannot_write_into_alices_conversation() -> None:
    alice, mallory = make_customer("Alice"), make_customer("Mallory")
    reference = say(alice, "mine").reference
    before = Event.objects.count()
    outcome = say(mallory, "let me in", conversation=reference)
    assert (outcome.result, outcome.code) == ("refused", "not_found")
    assert texts(reference) == ["mine"]
    assert Event.objects.count() == before


def test_an_unknown_conversation_answers_like_a_foreign_one() -> None:
    outcome = say(make_visitor(), "hello", conversation="BP-2222-2222")
    assert (outcome.result, outcome.code) == ("refused", "not_found")


def test_a_note_never_enters_the_customers_stream_and_moves_nothing() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    say(carol, "looks like a phish", conversation=reference, note=True)
    assert kinds(f"conversation/{reference}/customer") == ["message.posted"]
    assert kinds(f"conversation/{reference}/staff").count("message.posted") == 2
    assert Conversation.objects.get().status == "open"
    assert not Delivery.objects.exists()


def test_a_reply_ends_the_wait_and_gets_a_delivery_and_a_promise_to_tell_by_mail() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help", at_us=MINUTE_US).reference
    say(carol, "I am here", conversation=reference, at_us=4 * MINUTE_US)
    conversation = Conversation.objects.get()
    assert (conversation.status, conversation.waiting_since_us) == ("waiting", 0)
    wait = Wait.objects.get()
    assert wait.ended_us - wait.began_us == 3 * MINUTE_US
    assert Delivery.objects.get().state == "sent"
    assert Job.objects.get().key == f"tell:{reference}:1"
    assert kinds("queue/main") == ["queue.entered", "queue.left"]


def test_a_contacts_message_reopens_a_resolved_conversation() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "help").reference
    resolve(reference, carol)
    say(alice, "it is back", conversation=reference)
    assert Conversation.objects.get().status == "open"
    assert kinds("queue/main") == ["queue.entered", "queue.left", "queue.entered"]


def test_what_cannot_be_stored_is_refused_with_its_reason() -> None:
    alice = make_customer("Alice")
    outcomes = outcomes_of(
        [
            post_of(alice, "x" * 8001),
            post_of(alice, "  \n \x00 "),
            post_of(alice, "\ud800"),
            post_of(alice, "fine"),
        ]
    )
    assert [o.code for o in outcomes] == ["too_long", "empty", "blocked_text", ""]
    assert Message.objects.count() == 1


def test_control_characters_go_and_everything_else_stays() -> None:
    text = "a\x00b\x07\r\nc\td \u202e名 <b>&\u200bé"
    outcome = say(make_visitor(), text)
    assert outcome.text == "ab\nc\td \u202e名 <b>&\u200bé"


def test_a_seed_phrase_is_masked_before_storage_and_answered_with_what_to_do() -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    alice = make_customer("Alice")
    outcome = say(alice, f"here it is: {phrase}")
    assert "sausage" not in outcome.text
    stored = list(Message.objects.order_by("number").values_list("kind", "text", "parts"))
    assert stored[1] == ("system", "", '{"code":"safety_reply"}')
    assert not any("sausage" in "".join(row) for row in stored)
    assert not any("sausage" in data for data in Event.objects.values_list("data", flat=True))
    assert "message.secret_removed" in kinds(f"conversation/{outcome.reference}/staff")
    assert "message.secret_removed" not in kinds(f"conversation/{outcome.reference}/customer")
    again = say(alice, f"here it is: {phrase}", cid="again")
    assert again.result == "accepted"


def test_a_poisoned_message_in_a_batch_of_two_hundred_refuses_itself_alone(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """The database itself refuses one row, as it would with content nobody foresaw."""
    people = [make_customer(f"Person{n}") for n in range(10)]
    posts = [post_of(people[n % 10], f"m{n}") for n in range(200)]
    posts[77] = post_of(people[7], "poison")
    insert = rows.insert_messages

    def refuse_poison(stored: list[tuple[Target, int, Prepared]]) -> list[int]:
        ids = insert(stored)
        if any(item.text == "poison" for _, _, item in stored):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO conversations_message (number) VALUES (NULL)")
        return ids

    monkeypatch.setattr(rows, "insert_messages", refuse_poison)
    outcomes = outcomes_of(posts)
    refused = [n for n, o in enumerate(outcomes) if o.result != "accepted"]
    print(
        f"poisoned batch: {len(posts)} sent, {200 - len(refused)} accepted, {len(refused)} refused"
    )
    assert refused == [77]
    assert Message.objects.count() == 199
    for person in people:
        conversation = Conversation.objects.get(contact=person)
        numbers = list(conversation.messages.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_batch_whose_commit_fails_is_not_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = make_customer("Alice")

    def fail(*_: object) -> None:
        raise DatabaseError("the disk is gone")

    monkeypatch.setattr(effects, "write_consequences", fail)
    outcome = post_messages([post_of(alice, "hello")])[0]
    assert outcome is not None
    assert (outcome.result, outcome.code, outcome.retry) == ("refused", "busy", True)
    assert not Message.objects.exists()
    assert not Event.objects.exists()


def test_while_the_database_answers_nobody_all_are_told_soon(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """The batch and both attempts at its first item have then used the patience up."""
    people = [make_customer(f"Person{n}") for n in range(20)]
    began_s = clock.now_s

    def wait_in_vain(*_: object) -> None:
        clock.now_s += WAIT_IN_VAIN_S
        raise OperationalError("database is locked")

    monkeypatch.setattr(effects, "write_consequences", wait_in_vain)
    outcomes = post_messages([post_of(person, "hello") for person in people])
    assert outcomes == [batch.BUSY] * 20
    assert clock.now_s - began_s == pytest.approx(3 * WAIT_IN_VAIN_S)
    assert not Message.objects.exists()


def test_behind_a_message_that_has_to_wait_its_conversation_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice, bob = make_customer("Alice"), make_customer("Bob")
    write = effects.write_consequences

    def fail_on_the_first(stored: list[tuple[Target, int, Prepared]], ids: list[int]) -> None:
        if any(item.text == "one" for _, _, item in stored):
            raise OperationalError("deadlock detected")
        write(stored, ids)

    monkeypatch.setattr(effects, "write_consequences", fail_on_the_first)
    posts = [post_of(alice, "one"), post_of(alice, "two"), post_of(bob, "three")]
    outcomes = post_messages(posts)
    assert outcomes[:2] == [batch.BUSY, batch.BUSY]
    assert outcomes[2] is not None
    assert outcomes[2].result == "accepted"
    assert list(Message.objects.values_list("text", flat=True)) == ["three"]


@pytest.mark.postgres
def test_a_locked_conversation_delays_itself_alone() -> None:
    people = [make_customer(f"Person{n}") for n in range(20)]
    references = [say(person, "first").reference for person in people]
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Conversation.objects.select_for_update().get(reference=references[3])
            locked.set()
            release.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(10)
    posts = [post_of(p, "second", conversation=r) for p, r in zip(people, references, strict=True)]
    outcomes = post_messages(posts)
    release.set()
    holder.join(10)
    assert [n for n, o in enumerate(outcomes) if o is None] == [3]
    assert all(o.result == "accepted" for o in outcomes if o)
    print(f"locked conversation: {len(posts)} sent, 1 delayed, 19 accepted")
    assert outcomes_of([posts[3]])[0].result == "accepted"


def test_many_batches_at_once_number_each_conversation_without_gaps() -> None:
    people = [make_customer(f"Person{n}") for n in range(5)]
    threads_count, per_thread = 4, 30

    def write(seed: int) -> None:
        chance = random.Random(seed)
        for n in range(per_thread):
            some = chance.sample(people, 3)
            outcomes_of([post_of(p, f"{seed}.{n}", thread="t") for p in some])
        connection.close()

    workers = [threading.Thread(target=write, args=(seed,)) for seed in range(threads_count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert Message.objects.count() == threads_count * per_thread * 3
    for conversation in Conversation.objects.all():
        numbers = list(conversation.messages.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, conversation.last_number + 1))
        stream = entries_after(f"conversation/{conversation.reference}/customer", 0, 1000)
        assert [entry.number for entry in stream] == list(range(1, len(stream) + 1))
    assert Conversation.objects.count() == 5


def test_a_post_without_conversation_and_thread_is_refused() -> None:
    post = Post("contact", make_visitor().pk, "c:1", "hello", now_us())
    assert outcomes_of([post])[0].code == "not_found"
