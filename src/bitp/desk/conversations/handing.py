"""Giving a conversation to a colleague, with what they should know first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from bitp.desk.conversations.changes import join, lock, outcomes_of
from bitp.desk.conversations.errors import BadSummary, IsResolved, MovedOn, NoColleague
from bitp.desk.conversations.facts import agent_stream, by_member, changed, left, named
from bitp.desk.conversations.models import OPEN, RESOLVED, Conversation, Message
from bitp.desk.conversations.posting.post import REFUSED, Post
from bitp.desk.routing.lines import Line, write_lines
from bitp.desk.staff.models import Member
from bitp.events.log import Envelope, Fact, append
from bitp.lib.clock import now_us

# A summary is read before the first answer: a page of text, not a second thread.
SUMMARY_CHARACTERS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Handover:
    """to: the colleague's id; had_by: who had it on the giver's screen; cid: the client's own id.

    The summary becomes a note, for staff only; it may be empty.
    """

    to: int
    had_by: int | None
    summary: str
    cid: str


def colleagues() -> QuerySet[Member]:
    """Everybody who works here now, whom a conversation may be given to."""
    return Member.objects.filter(user__is_active=True).order_by("alias", "pk")


def hand_over(reference: str, handover: Handover, member: Member, session: str = "") -> None:
    """Gives the conversation to a colleague; note, lines and assignment are one transaction.

    The same handover sent again changes nothing. Raises MovedOn when somebody else has it than
    the giver saw, NoColleague, IsResolved, BadSummary.
    """
    receiver = colleagues().filter(pk=handover.to).first()
    if receiver is None:
        raise NoColleague
    with transaction.atomic():
        conversation = lock(reference)
        if _was_done(conversation, handover, member):
            return
        _check(conversation, handover)
        moment_us = now_us()
        facts = _assign(conversation, receiver, by_member(member, session))
        append(facts)
        write_lines(_lines(reference, member, receiver, moment_us))
        _write_summary(reference, handover, member, session, moment_us)


def _was_done(conversation: Conversation, handover: Handover, member: Member) -> bool:
    """Whether this very handover was done before, or there is nothing left to do."""
    if not handover.summary.strip():
        return conversation.assignee_id == handover.to
    sent = Message.objects.filter(conversation=conversation, external_id=_own_id(handover, member))
    return sent.exists()


def _check(conversation: Conversation, handover: Handover) -> None:
    if conversation.status == RESOLVED:
        raise IsResolved
    if conversation.assignee_id != handover.had_by:
        raise MovedOn


def _assign(conversation: Conversation, receiver: Member, by: Envelope) -> list[Fact]:
    """Writes who has it now; returns the facts."""
    held_by = conversation.assignee
    was_queued = held_by is None and conversation.status == OPEN and conversation.waiting_since_us
    conversation.assignee = receiver
    conversation.save(update_fields=["assignee"])
    join(conversation, receiver)
    facts = changed(conversation, by)
    if was_queued:
        facts.append(left(conversation, "assigned", by))
    if held_by is not None and held_by.pk != receiver.pk:
        gone = {**named(conversation), "to": receiver.pk}
        facts.append(Fact("conversation.unassigned", gone, agent_stream(held_by), by))
    given = {**named(conversation, why="handed_over"), "by": int(by.actor)}
    return [*facts, Fact("conversation.assigned", given, agent_stream(receiver), by)]


def _lines(reference: str, giver: Member, receiver: Member, moment_us: int) -> list[Line]:
    """For the customer who is there now; for staff also who gave it to whom."""
    joined = Line(
        reference, "agent_joined", f"joined:{receiver.pk}", {"name": receiver.alias}, False
    )
    if giver.pk == receiver.pk:
        return [joined]
    words = {"name": giver.alias, "to": receiver.alias}
    return [joined, Line(reference, "handed_over", str(moment_us), words)]


def _write_summary(
    reference: str, handover: Handover, member: Member, session: str, moment_us: int
) -> None:
    """The note comes last, so that it is the first thing the receiver reads. Raises BadSummary."""
    if not handover.summary.strip():
        return
    post = Post(
        author_kind="agent",
        author=member.pk,
        external_id=_own_id(handover, member),
        text=handover.summary,
        received_us=moment_us,
        conversation=reference,
        session=session,
        is_note=True,
    )
    too_long = len(handover.summary) > SUMMARY_CHARACTERS_MAX
    if too_long or outcomes_of([post])[0].result == REFUSED:
        raise BadSummary


def _own_id(handover: Handover, member: Member) -> str:
    return f"s{member.pk}:{handover.cid}"
