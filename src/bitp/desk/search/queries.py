"""Searching, always starting from who may see what.

The index names messages, the latest first; whether their conversations may be seen, and pass the
filters, is asked in lots until a page is full. Nothing of a conversation that may not be seen
leaves this module, not even that there was something to find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.conversations.models import Conversation, Message
from bitp.desk.conversations.queries import for_member, staff_summaries
from bitp.desk.search.asked import Asked
from bitp.desk.search.index import NOTE, conversation_mark, month_mark
from bitp.desk.search.match import LATEST, marked_between, matching_ids
from bitp.desk.search.models import Widening
from bitp.desk.search.snippets import snippet_of
from bitp.desk.staff.models import Member
from bitp.events.models import Job
from bitp.lib.clock import from_us, now_us

# Conversations on one page of results.
PAGE = 20
# Messages looked at in the first lot, in a further one, and for one page at most: what lies
# further back is looked at when the next page is asked for.
FIRST_LOT, LOT, LOOKED_AT_MAX = 200, 1_000, 5_000
# So many conversations of a contact or an agent are asked of the index by their marks.
NARROW_MAX = 200
# Months a search by dates is narrowed to; a longer time is nearly everything.
MONTHS_MAX = 36
# People whose name or address has the words.
PEOPLE_SHOWN = 5
# Contacts looked at for those people.
CONTACTS_MAX = 50


@dataclass(slots=True)
class Found:
    """results: of each conversation its latest message that was found; people: conversations of
    contacts whose name or address has the words; after: where the next page begins, or empty.
    """

    results: list[dict[str, Any]] = field(default_factory=list)
    people: list[dict[str, Any]] = field(default_factory=list)
    after: str = ""


def find_widening(member: Member) -> Widening | None:
    """The member's wider search, while it lasts."""
    rows = Widening.objects.filter(member=member, until_us__gt=now_us())
    return rows.order_by("-pk").first()


def is_filling() -> bool:
    """Whether older messages are still being put into the index."""
    return Job.objects.filter(key="search.fill").exists()


def visible(member: Member, widening: Widening | None = None) -> QuerySet[Conversation]:
    """The conversations a search of this member reaches."""
    if widening is None:
        return for_member(member)
    assert widening.member_id == member.pk
    return Conversation.objects.select_related("assignee", "contact", "inbox")


def search(member: Member, asked: Asked, widening: Widening | None = None) -> Found:
    """One page of what the member finds; nothing for a search without words."""
    if not asked.terms:
        return Found()
    reach = asked.of(visible(member, widening), member.pk)
    found, after = _Search(asked, reach).page()
    people = [] if asked.below else _people(asked, reach)
    return Found(_results(found, asked, member), staff_summaries(people, member), after)


class _Search:
    """Goes through the messages that have the terms until a page of conversations is found."""

    def __init__(self, asked: Asked, reach: QuerySet[Conversation]) -> None:
        self._asked = asked
        self._reach = reach
        self._marks = _marks(asked, reach)
        self._top = asked.top
        # Conversation → the latest of its messages that was found.
        self._found: dict[int, int] = {}
        self._passed: set[int] = set()

    def page(self) -> tuple[dict[int, int], str]:
        """The page's conversations with their messages, and where the next one begins."""
        if self._marks is None:
            return {}, ""
        below, looked_at, limit = self._asked.below or LATEST, 0, FIRST_LOT
        while looked_at < LOOKED_AT_MAX:
            ids = matching_ids(self._asked.terms, self._marks, below, limit)
            self._top = self._top or (ids[0] if ids else 0)
            for below, conversation in self._visible(ids):
                self._found[conversation] = below
                if len(self._found) == PAGE:
                    return self._found, f"{below}.{self._top}"
            if len(ids) < limit:
                return self._found, ""
            looked_at, below, limit = looked_at + len(ids), ids[-1], LOT
        return self._found, f"{below}.{self._top}"

    def _visible(self, ids: list[int]) -> Iterator[tuple[int, int]]:
        """(message, conversation) of a lot that count, the latest first."""
        of = dict(_in_time(self._asked, ids).values_list("pk", "conversation_id"))
        seen = set(self._reach.filter(pk__in=set(of.values())).values_list("pk", flat=True))
        for pk in ids:
            conversation = of.get(pk, 0)
            is_new = conversation in seen and conversation not in self._found
            if is_new and not self._was_shown(conversation):
                yield pk, conversation

    def _was_shown(self, conversation: int) -> bool:
        """Whether an earlier page has shown it, by a later message."""
        if not self._asked.below:
            return False
        if conversation in self._passed:
            return True
        mark = conversation_mark(conversation)
        if marked_between(self._asked.terms, mark, self._asked.below, self._top):
            self._passed.add(conversation)
        return conversation in self._passed


def _in_time(asked: Asked, ids: list[int]) -> QuerySet[Message]:
    rows = Message.objects.filter(pk__in=ids)
    if asked.notes == "none":
        rows = rows.filter(is_note=False)
    if asked.since_us:
        rows = rows.filter(at_us__gte=asked.since_us)
    return rows.filter(at_us__lt=asked.until_us) if asked.until_us else rows


def _marks(asked: Asked, reach: QuerySet[Conversation]) -> list[list[str]] | None:
    """What the index itself can leave out; None when nothing can be found."""
    marks = [[NOTE]] if asked.notes == "only" else []
    if months := _months(asked):
        marks.append(months)
    if asked.is_narrow:
        few = list(reach.order_by("-last_us").values_list("pk", flat=True)[: NARROW_MAX + 1])
        if not few:
            return None
        if len(few) <= NARROW_MAX:
            marks.append([conversation_mark(pk) for pk in few])
    return marks


def _months(asked: Asked) -> list[str]:
    """Marks of the months between the dates; none where the time is long or open."""
    if not asked.since_us:
        return []
    until = from_us(min(asked.until_us or now_us(), now_us()))
    moment, months = from_us(min(asked.since_us, now_us())), []
    while (moment.year, moment.month) <= (until.year, until.month):
        months.append(month_mark(round(moment.timestamp() * 1_000_000)))
        if len(months) > MONTHS_MAX:
            return []
        moment = datetime(moment.year + moment.month // 12, moment.month % 12 + 1, 1, tzinfo=UTC)
    return months


def _results(found: dict[int, int], asked: Asked, member: Member) -> list[dict[str, Any]]:
    rows = Conversation.objects.select_related("assignee", "contact").in_bulk(found)
    summaries = {each["reference"]: each for each in staff_summaries(list(rows.values()), member)}
    messages = Message.objects.in_bulk(found.values())
    names = _names(messages.values())
    return [
        {
            "conversation": summaries[rows[pk].reference],
            "message": _shape(messages[message], asked, names),
        }
        for pk, message in found.items()
        if pk in rows and message in messages
    ]


def _names(messages: Any) -> dict[int, str]:
    agents = {each.author for each in messages if each.author_kind == "agent"}
    return dict(Member.objects.filter(pk__in=agents).values_list("pk", "alias"))


def _shape(message: Message, asked: Asked, names: dict[int, str]) -> dict[str, Any]:
    is_agents = message.author_kind == "agent"
    return {
        "number": message.number,
        "note": message.is_note,
        "author": {
            "kind": message.author_kind,
            "name": names.get(message.author, "") if is_agents else "",
        },
        "at_us": message.at_us,
        "snippet": snippet_of(message.text, asked.terms),
    }


def _people(asked: Asked, reach: QuerySet[Conversation]) -> list[Conversation]:
    """The latest conversations of people whose name, or mail address, is what was typed."""
    who = Q(name__icontains=asked.words)
    if "@" in asked.words:
        known = Identity.objects.filter(channel="email", address__startswith=asked.words.lower())
        who |= Q(pk__in=known.values("contact")[:CONTACTS_MAX])
    contacts = list(Contact.objects.filter(who).values_list("pk", flat=True)[:CONTACTS_MAX])
    if not contacts:
        return []
    latest = reach.filter(contact__in=contacts).order_by("-last_us", "-pk")
    return list(latest[:PEOPLE_SHOWN])
