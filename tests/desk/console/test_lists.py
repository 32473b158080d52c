"""The lists: who waits, whose is whose, how many, and where to follow on from."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import Conversation
from tests.desk.console.conftest import Console
from tests.people import make_customer, make_visitor, say

pytestmark = pytest.mark.django_db


def references(answer: dict[str, object]) -> list[str]:
    rows = answer["conversations"]
    assert isinstance(rows, list)
    return [row["reference"] for row in rows]


def test_who_waits_longest_stands_first(carol: Console) -> None:
    first = say(make_customer("Alice"), "first").reference
    second = say(make_customer("Bob"), "second").reference
    assert references(carol.lists(view="waiting")) == [first, second]


def test_each_view_holds_its_own_and_the_counts_agree(
    carol: Console, dave: Console, waiting: str
) -> None:
    mine = say(make_customer("Bob"), "help").reference
    changes.take(mine, carol.member)
    done = say(make_visitor(), "thanks").reference
    changes.resolve(done, carol.member)
    assert references(carol.lists(view="waiting")) == [waiting]
    assert references(carol.lists(view="mine")) == [mine]
    assert references(carol.lists(view="resolved")) == [done]
    assert sorted(references(carol.lists(view="all"))) == sorted([waiting, mine, done])
    assert carol.lists()["counts"] == {"waiting": 1, "mine": 1, "all": 3, "resolved": 1}
    assert dave.lists()["counts"]["mine"] == 0


def test_a_search_finds_names_and_references(carol: Console, waiting: str) -> None:
    say(make_customer("Bob"), "other")
    assert references(carol.lists(view="all", search="alic")) == [waiting]
    assert references(carol.lists(view="all", search=waiting[3:7].lower())) == [waiting]
    assert references(carol.lists(view="all", search="nobody")) == []
    assert references(carol.lists(view="all", search="%")) == []


@pytest.mark.parametrize("page", ["0", "-1", "9999999", "99999999999999999999", "x", "²", ""])
def test_an_impossible_page_is_the_nearest_one(carol: Console, waiting: str, page: str) -> None:
    answer = carol.lists(view="waiting", page=page)
    assert (answer["page"], answer["pages"]) == (1, 1)
    assert references(answer) == [waiting]


def test_the_second_page_goes_on_where_the_first_ended(carol: Console, alice: Contact) -> None:
    for number in range(35):
        say(alice, f"matter {number}", thread=f"thread-{number}")
    first, second = (carol.lists(view="waiting", page=page) for page in ("1", "2"))
    assert first["pages"] == second["pages"] == 2
    found = [*references(first), *references(second)]
    assert len(found) == len(set(found)) == 35


def test_the_numbers_to_follow_from_are_the_streams_heads(carol: Console, waiting: str) -> None:
    before = carol.lists()["heads"]
    changes.take(waiting, carol.member)
    after = carol.lists()["heads"]
    own = f"agent/{carol.member.pk}"
    assert after["queue/main"] == before["queue/main"] + 1
    assert after[own] == before[own] + 1


def test_a_longer_list_asks_no_more_questions(carol: Console, alice: Contact) -> None:
    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            carol.lists(view="all")
        return len(asked)

    say(alice, "one", thread="one")
    few = questions()
    for number in range(12):
        say(alice, "more", thread=f"more-{number}")
    assert Conversation.objects.count() == 13
    assert questions() == few
