"""The index goes with the messages: in the same transaction, and out again when they go."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.models import Delivery, Message
from bitp.desk.conversations.posting import batch
from bitp.desk.search import filling, schema
from bitp.desk.search.index import Entry, add_to_index
from bitp.desk.search.queries import is_filling
from bitp.desk.staff.models import Member
from bitp.events import jobs
from bitp.policies.secrets import redact
from tests.desk.search.conftest import Searcher
from tests.people import post_of, say

pytestmark = pytest.mark.django_db(transaction=True)

AGREES = filling.Agreement
PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"  # of BIP-39


def empty_index() -> None:
    filling.empty()
    assert filling.check_agreement().lacking == filling.check_agreement().messages


def test_a_message_that_was_not_stored_is_not_found(
    search_as_carol: Searcher, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = say(alice, "stored").reference

    def fail(entries: list[Entry]) -> None:
        add_to_index(entries)
        raise DatabaseError("after the index")

    monkeypatch.setattr(batch, "add_to_index", fail)
    assert say(alice, "vanished", conversation=reference).result == "refused"
    monkeypatch.undo()
    assert search_as_carol.references("vanished") == []
    assert search_as_carol.references("stored") == [reference]
    assert filling.check_agreement() == AGREES(1, 0, 0)


def test_a_batch_with_a_repeated_and_a_refused_item_is_indexed_right(
    search_as_carol: Searcher, alice: Contact, bob: Contact
) -> None:
    same = post_of(alice, "alpha", cid="1")
    posts = [same, same, post_of(bob, ""), post_of(bob, "beta"), post_of(alice, "gamma")]
    results = [each.result for each in outcomes_of(posts)]
    assert results == ["accepted", "duplicate", "refused", "accepted", "accepted"]
    assert filling.check_agreement() == AGREES(3, 0, 0)
    for words in ("alpha", "beta", "gamma"):
        assert len(search_as_carol.references(words)) == 1


def test_system_messages_take_no_place(search_as_carol: Searcher, alice: Contact) -> None:
    assert redact(PHRASE).findings
    reference = say(alice, PHRASE).reference
    kinds = Message.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["text", "system"]
    assert filling.check_agreement() == AGREES(1, 0, 0)
    assert search_as_carol.references(reference) == [reference]


def test_a_masked_secret_cannot_be_found(search_as_carol: Searcher, alice: Contact) -> None:
    say(alice, f"here it is: {PHRASE}")
    for words in (PHRASE[:40], "sausage", '"legal winner"', "seed_phrase"):
        assert search_as_carol.references(words) == []
    [result] = search_as_carol.found("here").results
    assert "".join(each["text"] for each in result["message"]["snippet"]) == "here it is: •••"


def test_an_erased_message_is_gone_from_the_index_with_it(
    search_as_carol: Searcher, alice: Contact
) -> None:
    say(alice, "forget me not")
    Delivery.objects.all().delete()
    Message.objects.all().delete()
    assert search_as_carol.references("forget") == []
    assert filling.check_agreement() == AGREES(0, 0, 0)


def test_a_changed_text_is_found_by_neither_until_it_is_indexed_anew(
    search_as_carol: Searcher, alice: Contact
) -> None:
    say(alice, "old words")
    Message.objects.update(text="new words")
    assert search_as_carol.references("old") == search_as_carol.references("new") == []
    assert filling.check_agreement() == AGREES(1, 1, 0)
    assert sum(added for added, _ in filling.fill()) == 1
    assert search_as_carol.references("old") == []
    assert len(search_as_carol.references("new")) == 1


def test_a_row_is_replaced_not_doubled(search_as_carol: Searcher, alice: Contact) -> None:
    say(alice, "once")
    message = Message.objects.get()
    entry = Entry(message.pk, message.conversation_id, "BP-A", 2, False, message.at_us, "twice")
    add_to_index([entry])
    assert search_as_carol.references("once") == []
    assert len(search_as_carol.references("twice")) == 1


def test_filling_finds_what_lacks_and_a_second_run_nothing(
    search_as_carol: Searcher, alice: Contact, carol: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "LOT", 3)
    monkeypatch.setattr(filling, "LOOKED_AT", 4)
    reference = say(alice, "deposit 0").reference
    for number in range(1, 10):
        say(alice, f"deposit {number}", conversation=reference)
    say(carol, "noted", conversation=reference, note=True)
    before = {n: search_as_carol.numbers(f"deposit {n}") for n in range(10)}
    empty_index()
    assert search_as_carol.references("deposit") == []
    assert sum(added for added, _ in filling.fill()) == 11
    assert sum(added for added, _ in filling.fill()) == 0
    assert {n: search_as_carol.numbers(f"deposit {n}") for n in range(10)} == before
    assert search_as_carol.numbers("noted", notes="only") == [11]
    assert search_as_carol.references(reference) == [reference]


def test_the_worker_fills_lot_after_lot_and_says_that_it_does(
    search_as_carol: Searcher, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "LOT", 2)
    import_module("bitp.desk.search.jobs")
    for number in range(5):
        say(alice, f"deposit {number}")
    empty_index()
    with transaction.atomic():
        jobs.put("search.fill", "search.fill", {})
    runs = 0
    while is_filling():
        jobs.work_once()
        runs += 1
        assert runs < 10
    assert runs == 4
    assert filling.check_agreement() == AGREES(5, 0, 0)


def test_rows_without_a_message_are_found_and_taken_out(alice: Contact) -> None:
    say(alice, "here")
    add_to_index([Entry(99_999, 1, "BP-A", 2, False, 0, "stray")])
    assert filling.check_agreement() == AGREES(1, 0, 1)
    filling.forget_strays()
    filling.compact()
    assert filling.check_agreement() == AGREES(1, 0, 0)


def test_lost_triggers_are_noticed_and_put_back(alice: Contact) -> None:
    on = " ON conversations_message" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER search_words_erased{on}")
    assert not schema.has_triggers(connection)
    schema.restore_triggers()
    assert schema.has_triggers(connection)
    say(alice, "gone soon")
    Message.objects.all().delete()
    assert filling.check_agreement() == AGREES(0, 0, 0)
