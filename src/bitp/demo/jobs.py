"""The stand-in: answers when nobody is at the console, so that one person sees both sides."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.demo.lines import line_for
from bitp.desk.conversations.changes import outcomes_of, release, take
from bitp.desk.conversations.models import RESOLVED, Conversation
from bitp.desk.conversations.posting.post import Post
from bitp.desk.routing.queries import count_available
from bitp.desk.staff.models import Member
from bitp.events.jobs import handles, put, put_all
from bitp.events.tail import Read, consumes
from bitp.lib.clock import now_us

# People need a moment to type; the stand-in too, but stays well within 10 s.
PAUSE_US = 3 * 1_000_000
# Older messages were there before this demo began.
FRESH_US = 30 * 1_000_000
# While the stand-in holds conversations: a look this often whether a person has come.
LOOK_US = 2 * 1_000_000
# Conversations handed over in one transaction; the next look takes the rest.
HANDED_OVER_MAX = 20


@consumes("demo.stand_in")
def plan_answers(events: list[Read]) -> None:
    """Plans one answer for each conversation in which a contact wrote just now."""
    since_us = now_us() - FRESH_US
    newest: dict[str, int] = {}
    for event in events:
        is_fresh = event.at_us > since_us
        if event.kind == "message.posted" and event.actor_kind == "contact" and is_fresh:
            facts = msgspec.json.decode(event.data)
            newest[facts["conversation"]] = facts["number"]
    _plan(newest)


def _plan(newest: dict[str, int]) -> None:
    """An answer to the message of this number for each conversation, after a pause."""
    jobs = {
        f"stand-in:{conversation}": {"conversation": conversation, "number": number}
        for conversation, number in sorted(newest.items())
    }
    put_all("demo.answer", jobs, now_us() + PAUSE_US)


@handles("demo.answer")
def answer(ids: dict[str, Any], key: str) -> None:
    """Answers unless a person is there or has the conversation; waits while the contact writes."""
    put("demo.hand_over", "stand-in:hand-over", {}, now_us() + LOOK_US)
    conversation = Conversation.objects.select_related("assignee").get(
        reference=ids["conversation"]
    )
    newest = conversation.last_contact_number
    if count_available() or conversation.last_agent_number > newest:
        return
    if newest != ids["number"]:
        _plan({conversation.reference: newest})
        return
    robin = Member.objects.get(is_stand_in=True)
    if conversation.assignee_id is None:
        take(conversation.reference, robin)
    said = conversation.messages.filter(author_kind="agent", author=robin.pk).count()
    text = line_for(conversation, said)
    outcomes_of([_post(conversation, robin, text, f"{key}:{newest}")])


@handles("demo.hand_over")
def hand_over(_ids: dict[str, Any], key: str) -> None:
    """Gives what the stand-in holds back to the queue once a person is there; else looks again."""
    open_ones = Conversation.objects.filter(assignee__is_stand_in=True).exclude(status=RESOLVED)
    held = list(open_ones.select_related("assignee").order_by("pk")[:HANDED_OVER_MAX])
    if not held:
        return
    if count_available():
        for conversation in held:
            assert conversation.assignee is not None
            release(conversation.reference, conversation.assignee)
    put("demo.hand_over", key, {}, now_us() + LOOK_US)


def _post(conversation: Conversation, robin: Member, text: str, key: str) -> Post:
    return Post(
        author_kind="agent",
        author=robin.pk,
        external_id=key,
        text=text,
        received_us=now_us(),
        conversation=conversation.reference,
    )
