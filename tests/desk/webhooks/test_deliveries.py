"""Receivers that are down, slow, moved or gone: in order, nothing lost, nothing sent for ever."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core import mail

from bitp.desk.conversations.changes import resolve, take
from bitp.desk.staff.changes import By
from bitp.desk.webhooks import changes, signing
from bitp.desk.webhooks.models import DELIVERED, FAILED, WAITING, Delivery, Webhook
from bitp.desk.webhooks.results import ATTEMPTS_MAX, WAITS_S
from bitp.events.models import Event
from tests.desk.webhooks.conftest import work
from tests.desk.webhooks.receiver import Heard, Receiver
from tests.people import make_customer, make_member, say

pytestmark = pytest.mark.django_db(transaction=True)

Later = Callable[[float], None]
DAY_S = 24 * 3600


def fail(_heard: Heard) -> int:
    return 500


def take_all(_heard: Heard) -> int:
    return 204


def states(webhook: Webhook) -> list[str]:
    found = Delivery.objects.filter(webhook=webhook).order_by("event", "pk")
    return list(found.values_list("state", flat=True))


def test_what_happens_in_a_conversation_is_told_in_order_and_once(
    webhook: Webhook, receiver: Receiver
) -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "My deposit of 0.5 BTC is late").reference
    take(reference, carol)
    say(carol, "I am looking", conversation=reference)
    say(carol, "she was here in May", conversation=reference, note=True)
    resolve(reference, carol)
    work()
    kinds = [json.loads(each.body)["type"] for each in receiver.heard]
    assert kinds[:2] == ["conversation.opened", "message.posted"]
    assert "conversation.assigned" in kinds
    numbers = receiver.numbers(reference)
    assert numbers == sorted(set(numbers))
    ids = [each.headers["webhook-id"] for each in receiver.heard]
    assert len(set(ids)) == len(ids)
    work()
    assert len(receiver.heard) == len(ids)
    # What people wrote, and who they are, travels with nobody.
    whole = "".join(each.body for each in receiver.heard)
    assert not any(word in whole for word in ("0.5 BTC", "May", "Alice", "Carol", "looking"))


def test_the_receiver_can_prove_that_it_is_us(receiver: Receiver, by: By) -> None:
    webhook, secret = changes.add(receiver.url, ["message.posted"], by)
    say(make_customer("Alice"), "Hello")
    work()
    old, new = secret, changes.change_secret(webhook.pk, by)
    say(make_customer("Bob"), "Hello")
    work()
    for heard, keys in zip(receiver.heard, ([old], [new, old]), strict=True):
        assert json.loads(heard.body)["type"] == "message.posted"
        expected = signing.headers(
            keys, heard.headers["webhook-id"], int(heard.headers["webhook-timestamp"]), heard.body
        )
        assert heard.headers["webhook-signature"] == expected["webhook-signature"]


def test_a_day_later_the_old_secret_signs_no_more(receiver: Receiver, by: By, later: Later) -> None:
    webhook, _ = changes.add(receiver.url, [], by)
    new = changes.change_secret(webhook.pk, by)
    later(DAY_S + 1)
    assert changes.secrets_of(Webhook.objects.get()) == [new]


def test_what_was_before_and_what_nobody_asked_for_is_not_sent(receiver: Receiver, by: By) -> None:
    say(make_customer("Alice"), "Before")
    changes.add(receiver.url, ["conversation.opened"], by)
    say(make_customer("Bob"), "After")
    work()
    assert [json.loads(each.body)["type"] for each in receiver.heard] == ["conversation.opened"]


def test_after_500_the_same_comes_again_before_what_came_later(
    webhook: Webhook, receiver: Receiver, later: Later
) -> None:
    alice = make_customer("Alice")
    answers = iter([500, 500])
    receiver.answer = lambda _heard: next(answers, 204)
    reference = say(alice, "one").reference
    work()
    for text in ("two", "three"):
        say(alice, text, conversation=reference)
    work()
    assert len(receiver.heard) == 1
    later(WAITS_S[0] + 1)
    work()
    later(WAITS_S[1] + 1)
    work()
    tried = [each.headers["webhook-id"] for each in receiver.heard]
    assert tried[0] == tried[1] == tried[2]
    assert receiver.numbers(reference)[-2:] == [2, 3]
    assert set(states(webhook)) == {DELIVERED}


def test_one_conversation_that_fails_holds_up_no_other(
    webhook: Webhook, receiver: Receiver, later: Later
) -> None:
    bad = say(make_customer("Alice"), "one").reference
    receiver.answer = lambda heard: 500 if bad in heard.body else 204
    good = say(make_customer("Bob"), "one").reference
    work()
    for _ in range(3):
        later(WAITS_S[-1] + 1)
        say(make_customer(f"Bob{_}"), "more")
        work()
    told = Delivery.objects.filter(webhook=webhook)
    assert not told.filter(state=WAITING).exclude(lane=bad).exists()
    assert told.filter(lane=bad, state=WAITING).exists()
    assert receiver.numbers(good) == [1]


def test_a_receiver_that_is_down_for_a_day_gets_everything_in_order(
    webhook: Webhook, receiver: Receiver, later: Later
) -> None:
    people = [make_customer(f"P{number}") for number in range(4)]
    talks = {person.pk: say(person, "one").reference for person in people}
    receiver.answer = fail
    for hour in range(24):
        if hour % 6 == 0:
            for person in people:
                say(person, f"hour {hour}", conversation=talks[person.pk])
        work()
        later(3600 + 1)
    assert not Webhook.objects.get().paused_us
    # While it was down it was not hammered: a try now and then, not one for each conversation.
    assert len(receiver.heard) < 24 * 6
    receiver.heard.clear()
    receiver.answer = take_all
    later(WAITS_S[-1] + 1)
    work()
    later(WAITS_S[-1] + 1)
    work()
    for reference in talks.values():
        assert receiver.numbers(reference) == [1, 2, 3, 4, 5]
    assert set(states(webhook)) == {DELIVERED}
    assert Webhook.objects.get().failures == 0


def test_one_event_that_is_never_taken_is_given_up_and_can_be_sent_again(
    webhook: Webhook, receiver: Receiver, later: Later, by: By
) -> None:
    alice = make_customer("Alice")
    reference = say(alice, "poison").reference
    say(alice, "fine", conversation=reference)
    poisoned = (reference, 1)

    def answer(heard: Heard) -> int:
        told = heard.data
        return 500 if (told.get("conversation"), told.get("number")) == poisoned else 204

    receiver.answer = answer
    for _ in range(ATTEMPTS_MAX):
        work()
        say(make_customer(f"Other{_}"), "hello")
        later(WAITS_S[-1] + 1)
    work()
    poison = Delivery.objects.get(webhook=webhook, lane=reference, state=FAILED)
    assert poison.attempts == ATTEMPTS_MAX
    assert receiver.numbers(reference)[-1] == 2
    receiver.answer = take_all
    changes.send_again(webhook.pk, poison.pk, by)
    work()
    assert receiver.heard[-1].headers["webhook-id"] == poison.message
    assert set(states(webhook)) == {DELIVERED}


def test_three_days_of_failing_pause_it_and_tell_the_operators(
    webhook: Webhook, receiver: Receiver, later: Later, by: By
) -> None:
    receiver.answer = fail
    reference = say(make_customer("Alice"), "one").reference
    for _ in range(3 * 24 + 2):
        work()
        later(3600)
    paused = Webhook.objects.get()
    assert paused.paused_why == "failing"
    assert [each.to for each in mail.outbox] == [["erin@staff.example.com"]]
    assert f"/console/webhooks/{webhook.pk}/" in str(mail.outbox[0].body)
    calls = len(receiver.heard)
    say(make_customer("Bob"), "meanwhile")
    later(DAY_S)
    work()
    assert len(receiver.heard) == calls
    receiver.answer = take_all
    changes.resume(webhook.pk, by)
    work()
    assert receiver.numbers(reference)[-1] == 1
    assert WAITING not in states(webhook)


def test_gone_is_believed_at_once(webhook: Webhook, receiver: Receiver) -> None:
    receiver.answer = lambda _heard: 410
    say(make_customer("Alice"), "one")
    work()
    assert Webhook.objects.get().paused_why == "gone"
    assert len(receiver.heard) == 1
    assert len(mail.outbox) == 1


def test_removed_means_nothing_is_sent_any_more(
    webhook: Webhook, receiver: Receiver, by: By
) -> None:
    say(make_customer("Alice"), "one")
    changes.remove(webhook.pk, by)
    work()
    assert receiver.heard == []
    assert not Delivery.objects.exists()
    assert Event.objects.filter(kind="webhook.removed").count() == 1


def test_a_test_goes_out_alone(webhook: Webhook, receiver: Receiver, by: By) -> None:
    changes.send_test(webhook.pk, by)
    work()
    (heard,) = receiver.heard
    assert json.loads(heard.body)["type"] == "webhook.tested"


def test_the_log_is_kept_for_thirty_days(
    webhook: Webhook, receiver: Receiver, later: Later
) -> None:
    say(make_customer("Alice"), "one")
    work()
    assert states(webhook)
    later(29 * DAY_S)
    work()
    assert states(webhook)
    before = set(Delivery.objects.values_list("pk", flat=True))
    later(DAY_S + 1)
    say(make_customer("Bob"), "later")
    work()
    later(DAY_S + 1)
    work()
    left = set(Delivery.objects.values_list("pk", flat=True))
    assert left
    assert not left & before
