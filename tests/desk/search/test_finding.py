"""What is found: words in both languages, prefixes, phrases, filters, page after page."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bitp.desk.contacts.models import Contact
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import Conversation
from bitp.desk.search import queries
from bitp.desk.search.asked import read_asked
from bitp.desk.search.errors import BadFilter
from bitp.desk.search.terms import read_terms
from bitp.desk.staff.models import Member
from bitp.lib.clock import now_us
from tests.desk.search.conftest import Searcher
from tests.people import make_member, make_visitor, say

pytestmark = pytest.mark.django_db

DAY_US = 24 * 3600 * 1_000_000
TEXT = "您好，我昨天充值的 0.5 BTC 没有到账，could you check deposit Number 77? 0xAbCdEf0123456789"


@pytest.mark.parametrize(
    "words",
    [
        "deposit",
        "DEPOSIT",
        "dep",
        "充值",
        "到账",
        "没有到账",
        "账",
        "充",
        "充值 deposit",
        "充值btc",
        "btc 0.5",
        "0xabcdef",
        "0xabcdef0123456789",
        '"check deposit number"',
        "“没有到账”",
        "number 77",
        "ｄｅｐｏｓｉｔ",
    ],
)
def test_these_words_find_it(search_as_carol: Searcher, alice: Contact, words: str) -> None:
    reference = say(alice, TEXT).reference
    assert search_as_carol.references(words) == [reference]


@pytest.mark.parametrize(
    "words",
    [
        "withdrawal",
        "提现",
        "充到",
        "posit",
        '"deposit check"',
        '"dep"',
        "deposit 提现",
        "没到账",
        "0xabcdee",
        "c1",
        "_c1",
        "n",
        "-deposit NOT x OR y",
    ],
)
def test_these_words_do_not(search_as_carol: Searcher, alice: Contact, words: str) -> None:
    say(alice, TEXT)
    assert search_as_carol.references(words) == []


def test_a_reference_finds_its_conversation(search_as_carol: Searcher, alice: Contact) -> None:
    reference = say(alice, "hello").reference
    say(alice, "again", conversation=reference)
    say(alice, "other", thread="other")
    for words in (reference, reference.lower(), reference[:9], reference[3:7], reference[3:11]):
        assert search_as_carol.references(words) == [reference]


def test_a_name_or_a_mail_address_finds_the_person(
    search_as_carol: Searcher, alice: Contact, bob: Contact
) -> None:
    reference = say(alice, "hello").reference
    say(bob, "hello")
    changes.leave_address(alice, reference, "someone@mail.example.org")
    for words in ("Alice", "alic", "someone@mail.exa"):
        people = search_as_carol.found(words).people
        assert [each["reference"] for each in people] == [reference]
    assert search_as_carol.found("nobody").people == []


def test_an_address_in_a_message_is_found_by_its_beginning(
    search_as_carol: Searcher, alice: Contact
) -> None:
    reference = say(alice, "write to first.last@mail.example.org please").reference
    for words in ("first.last@mail.example.org", "first.last@ma", "example.org"):
        assert search_as_carol.references(words) == [reference]


def test_of_a_conversation_the_latest_message_that_matches_is_shown(
    search_as_carol: Searcher, alice: Contact, bob: Contact
) -> None:
    first = say(alice, "deposit one").reference
    say(alice, "deposit two", conversation=first)
    say(alice, "thanks", conversation=first)
    second = say(bob, "deposit three").reference
    assert search_as_carol.references("deposit") == [second, first]
    assert search_as_carol.numbers("deposit") == [1, 2]


def test_each_filter_leaves_only_its_own(
    search_as_carol: Searcher, carol: Member, alice: Contact, bob: Contact
) -> None:
    mine = say(alice, "deposit mine").reference
    other = say(bob, "deposit other").reference
    changes.take(mine, carol)
    changes.set_topic(mine, "deposit", carol)
    changes.set_topic(other, "other", carol)
    changes.resolve(mine, carol)
    assert search_as_carol.references("deposit") == [other, mine]
    yes: list[dict[str, Any]] = [
        {"agent": "me"},
        {"agent": str(carol.pk)},
        {"topic": "deposit"},
        {"status": "resolved"},
        {"contact": alice.reference},
        {"contact": alice.reference, "topic": "deposit", "channel": "chat"},
    ]
    for filters in yes:
        assert search_as_carol.references("deposit", **filters) == [mine], filters
    for filters in ({"agent": "none"}, {"topic": "other"}, {"status": "open"}):
        assert search_as_carol.references("deposit", **filters) == [other], filters
    for filters in ({"contact": "nobody"}, {"channel": "email"}, {"agent": "999999"}):
        assert search_as_carol.references("deposit", **filters) == [], filters


def test_notes_can_be_left_out_or_looked_for_alone(
    search_as_carol: Searcher, carol: Member, alice: Contact
) -> None:
    reference = say(alice, "deposit asked").reference
    say(carol, "deposit noted", conversation=reference, note=True)
    assert search_as_carol.numbers("deposit") == [2]
    assert search_as_carol.numbers("deposit", notes="only") == [2]
    assert search_as_carol.numbers("deposit", notes="none") == [1]
    assert search_as_carol.found("noted").results[0]["message"]["note"] is True
    assert search_as_carol.numbers("asked", notes="only") == []


def test_dates_bound_what_is_found(search_as_carol: Searcher, alice: Contact) -> None:
    today = now_us()
    days = [400, 40, 3, 0]
    found = {
        day: say(alice, "deposit", thread=f"t{day}", at_us=today - day * DAY_US).reference
        for day in days
    }
    since = today - 41 * DAY_US
    assert set(search_as_carol.references("deposit", since_us=since)) == {
        found[day] for day in (40, 3, 0)
    }
    until = today - DAY_US
    assert set(search_as_carol.references("deposit", since_us=since, until_us=until)) == {
        found[day] for day in (40, 3)
    }
    assert set(search_as_carol.references("deposit", until_us=until)) == {
        found[day] for day in (400, 40, 3)
    }
    assert search_as_carol.references("deposit", since_us=today + DAY_US) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"topic": "x"},
        {"status": "x"},
        {"notes": "x"},
        {"agent": "x"},
        {"agent": "²"},
        {"since_us": "-1"},
        {"after": "x.y"},
        {"contact": "c" * 100},
    ],
)
def test_an_unknown_filter_is_refused(filters: dict[str, str]) -> None:
    with pytest.raises(BadFilter):
        read_asked({"words": "deposit", **filters})


def test_pages_show_each_conversation_once_whatever_comes_meanwhile(
    search_as_carol: Searcher, alice: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE", 3)
    monkeypatch.setattr(queries, "FIRST_LOT", 2)
    monkeypatch.setattr(queries, "LOT", 4)
    threads = [f"t{number}" for number in range(8)]
    references = [say(alice, "deposit", thread=thread).reference for thread in threads]
    for reference in references:
        say(alice, "deposit again", conversation=reference)
    shown: list[str] = []
    after = ""
    for _ in range(5):
        found = search_as_carol.found("deposit", after=after)
        shown += [each["conversation"]["reference"] for each in found.results]
        # A later message is for another search, not for these pages.
        say(alice, "deposit anew", conversation=references[0])
        after = found.after
        if not after:
            break
    assert after == ""
    assert shown == list(reversed(references))


def test_a_page_looks_at_so_many_messages_and_the_next_goes_on(
    search_as_carol: Searcher, alice: Contact, bob: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FIRST_LOT", 5)
    monkeypatch.setattr(queries, "LOT", 5)
    monkeypatch.setattr(queries, "LOOKED_AT_MAX", 10)
    reference = say(alice, "deposit of Alice").reference
    changes.set_topic(reference, "deposit", search_as_carol.member)
    other = say(bob, "deposit").reference
    changes.set_topic(other, "other", search_as_carol.member)
    for number in range(12):
        say(bob, f"deposit {number}", conversation=other)
    first = search_as_carol.found("deposit", topic="deposit")
    assert first.results == []
    assert first.after
    then = search_as_carol.references("deposit", topic="deposit", after=first.after)
    assert then == [reference]


def test_words_alone_find_nothing_where_there_are_none(search_as_carol: Searcher) -> None:
    found = search_as_carol.found("?!")
    assert (found.results, found.people, found.after) == ([], [], "")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_no_query_breaks_the_search(search_as_carol: Searcher, words: str) -> None:
    search_as_carol.found(words.replace("\0", ""))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.text(st.sampled_from("充值提现没有到账BTCabc 12，。-"), min_size=2, max_size=40),
    st.data(),
)
def test_every_piece_of_a_text_finds_it(
    search_as_carol: Searcher, text: str, data: st.DataObject
) -> None:
    """A phrase of any stretch that begins at a word finds the text it was cut from."""
    visitor = make_visitor()
    start = data.draw(st.integers(0, len(text) - 1))
    piece = text[start:]
    if start and text[start - 1].isascii() and text[start - 1].isalnum():
        piece = piece.lstrip("BTCabc12")
    if not text.strip() or not read_terms(piece):
        return
    reference = say(visitor, text).reference
    assert reference in search_as_carol.references(f'"{piece}"', contact=visitor.reference)


def test_a_member_who_left_finds_nothing(alice: Contact) -> None:
    mallory = make_member("Mallory")
    say(alice, "deposit")
    mallory.user.is_active = False
    mallory.user.save(update_fields=["is_active"])
    assert Searcher(Member.objects.get(pk=mallory.pk)).references("deposit") == []
    assert Searcher(Member.objects.get(pk=mallory.pk)).found("Alice").people == []


def test_what_may_not_be_seen_is_not_found(
    search_as_carol: Searcher, alice: Contact, bob: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one function that decides who sees what decides here too."""
    hidden = say(alice, "deposit hidden").reference
    shown = say(bob, "deposit shown").reference
    monkeypatch.setattr(
        queries, "for_member", lambda member: Conversation.objects.exclude(reference=hidden)
    )
    assert search_as_carol.references("deposit") == [shown]
    assert search_as_carol.references(hidden) == []
    assert search_as_carol.references("deposit", contact=alice.reference) == []
    assert search_as_carol.found("Alice").people == []
