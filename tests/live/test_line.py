"""The line of sends: nothing lost, nothing doubled, order kept per conversation."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from bitp.live.batch import BATCH_MAX, HELD_PER_BATCH, HELD_PER_KEY, Line, Waiting, key_of
from bitp.live.inbound import Posting, Subject
from bitp.live.protocol import Send


def waiting(key: str, number: int, since: float = 0.0) -> Waiting:
    return Waiting(cast(Any, None), cast(Posting, number), key, since)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_whatever_is_locked_and_when_each_send_leaves_once_and_in_order(
    data: st.DataObject,
) -> None:
    line, left = Line(), defaultdict[str, list[int]](list)
    keys, number = "abcd", 0
    for _ in range(data.draw(st.integers(1, 25))):
        for key in data.draw(st.lists(st.sampled_from(keys), max_size=60)):
            line.add(waiting(key, number))
            number += 1
        locked = data.draw(st.sets(st.sampled_from(keys)))
        batch = line.take()
        assert len(batch) <= BATCH_MAX
        line.hold([each for each in batch if each.key in locked])
        for each in batch:
            if each.key not in locked:
                left[each.key].append(cast(int, each.posting))
    while batch := line.take():
        for each in batch:
            left[each.key].append(cast(int, each.posting))
    assert sorted(each for numbers in left.values() for each in numbers) == list(range(number))
    assert all(numbers == sorted(numbers) for numbers in left.values())
    assert len(line) == 0


def test_held_ones_leave_room_for_the_others() -> None:
    line = Line()
    for number in range(50 * HELD_PER_KEY):
        line.add(waiting(f"locked-{number % 20}", number))
    while not line.only_held():
        line.hold(line.take())
    for number in range(150):
        line.add(waiting("free", number))
    batch = line.take()
    assert sum(each.key == "free" for each in batch) == BATCH_MAX - HELD_PER_BATCH
    assert len(batch) == BATCH_MAX


def test_a_new_send_lines_up_behind_the_held_ones_of_its_conversation() -> None:
    line = Line()
    line.hold([waiting("locked", number) for number in range(2 * HELD_PER_KEY)])
    line.add(waiting("locked", 2 * HELD_PER_KEY))
    for turn in range(2):
        batch = [cast(int, each.posting) for each in line.take()]
        assert batch == list(range(turn * HELD_PER_KEY, (turn + 1) * HELD_PER_KEY))
    assert [cast(int, each.posting) for each in line.take()] == [2 * HELD_PER_KEY]


def test_an_old_lock_takes_its_whole_conversation_along_and_no_other() -> None:
    line = Line()
    line.hold([waiting("old", 1, since=1.0), waiting("old", 2, since=9.0)])
    line.hold([waiting("young", 3, since=9.0)])
    line.add(waiting("old", 4, since=9.0))
    line.add(waiting("other", 5, since=9.0))
    taken = line.take_older(5.0)
    assert [cast(int, each.posting) for each in taken] == [1, 2, 4]
    assert len(line) == 2


def test_a_send_without_a_reference_keeps_the_order_of_its_thread() -> None:
    alice = Subject("contact:alice", "customer", "s", "Alice")
    bob = Subject("contact:bob", "customer", "s", "Bob")
    first = key_of(Posting(alice, Send("a", "x", thread="t"), 0))
    assert first == key_of(Posting(alice, Send("b", "y", thread="t"), 1))
    assert first != key_of(Posting(bob, Send("a", "x", thread="t"), 0))
    assert key_of(Posting(bob, Send("a", "x", conversation="BP-1"), 0)) == "BP-1"
