"""A search as it is asked: words, filters, and where to go on; read from a query's plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from bitp.desk.conversations.models import STATUSES, TOPICS, Conversation
from bitp.desk.search.errors import BadFilter
from bitp.desk.search.terms import Term, read_terms

# Longest values of filters: references, member ids, channels.
VALUE_CHARACTERS_MAX = 64
# Numbers have at most so many digits: microseconds of the year 9999 have 18.
NUMBER_DIGITS_MAX = 18
NOTES = ("", "only", "none")


@dataclass(frozen=True, slots=True)
class Asked:
    """words: as typed; terms: what they mean; contact: a reference; agent: "me", "none" or a
    member's id; notes: "", "only" or "none"; since_us, until_us: received from, and before (0: any
    time); below, top: the place of the next page, 0 for the first.
    """

    words: str
    terms: tuple[Term, ...]
    contact: str = ""
    topic: str = ""
    status: str = ""
    agent: str = ""
    channel: str = ""
    notes: str = ""
    since_us: int = 0
    until_us: int = 0
    below: int = 0
    top: int = 0

    def of(self, rows: QuerySet[Conversation], member: int) -> QuerySet[Conversation]:
        """Those of the conversations that the filters let through, for the asking member."""
        if self.contact:
            rows = rows.filter(contact__reference=self.contact)
        if self.topic:
            rows = rows.filter(topic=self.topic)
        if self.status:
            rows = rows.filter(status=self.status)
        if self.channel:
            rows = rows.filter(inbox__channel=self.channel)
        if self.agent == "none":
            return rows.filter(assignee__isnull=True)
        if self.agent:
            return rows.filter(assignee=member if self.agent == "me" else int(self.agent))
        return rows

    @property
    def is_narrow(self) -> bool:
        """Whether few conversations are left that an index of theirs finds."""
        return bool(self.contact or self.agent not in {"", "none"})


def read_asked(values: Mapping[str, Any]) -> Asked:
    """The search of a query's or a body's values; raises TooLong and BadFilter."""
    words = str(values.get("words", "")).strip()
    below, _, top = _value(values, "after").partition(".")
    asked = Asked(
        words,
        tuple(read_terms(words)),
        contact=_value(values, "contact"),
        topic=_one_of(values, "topic", TOPICS),
        status=_one_of(values, "status", STATUSES),
        agent=_value(values, "agent"),
        channel=_value(values, "channel"),
        notes=_one_of(values, "notes", NOTES),
        since_us=_number(_value(values, "since_us")),
        until_us=_number(_value(values, "until_us")),
        below=_number(below),
        top=_number(top),
    )
    if asked.agent not in {"", "me", "none"}:
        _number(asked.agent)
    return asked


def _value(values: Mapping[str, Any], name: str) -> str:
    value = str(values.get(name, ""))
    if len(value) > VALUE_CHARACTERS_MAX:
        raise BadFilter
    return value


def _one_of(values: Mapping[str, Any], name: str, known: tuple[str, ...]) -> str:
    value = _value(values, name)
    if value and value not in known:
        raise BadFilter
    return value


def _number(typed: str) -> int:
    if not typed:
        return 0
    if not (typed.isascii() and typed.isdigit() and len(typed) <= NUMBER_DIGITS_MAX):
        raise BadFilter
    return int(typed)
