"""Carol searches; Alice and Bob wrote."""

from __future__ import annotations

from typing import Any

import pytest

from bitp.desk.contacts.models import Contact
from bitp.desk.search.asked import read_asked
from bitp.desk.search.queries import Found, search
from bitp.desk.staff.models import Member
from tests.people import make_customer, make_member


@pytest.fixture
def alice(db: None) -> Contact:
    return make_customer("Alice")


@pytest.fixture
def bob(db: None) -> Contact:
    return make_customer("Bob")


@pytest.fixture
def carol(db: None) -> Member:
    return make_member("Carol")


class Searcher:
    """A member and what they find."""

    def __init__(self, member: Member) -> None:
        self.member = member

    def found(self, words: str, **filters: Any) -> Found:
        return search(self.member, read_asked({"words": words, **filters}))

    def references(self, words: str, **filters: Any) -> list[str]:
        """The conversations found by messages, in their order."""
        return [each["conversation"]["reference"] for each in self.found(words, **filters).results]

    def numbers(self, words: str, **filters: Any) -> list[int]:
        return [each["message"]["number"] for each in self.found(words, **filters).results]


@pytest.fixture
def search_as_carol(carol: Member) -> Searcher:
    return Searcher(carol)
