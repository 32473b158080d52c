"""The stand-in: answers when nobody is at the console, so that one person sees both sides."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.demo.lines import line_for
from bitp.desk.conversations.changes import outcomes_of, take
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.posting.post import Post
from bitp.desk.routing.queries import count_available
from bitp.desk.staff.models import Member
from bitp.events.jobs import handles, put
from bitp.events.tail import Read, consumes
from bitp.lib.clock import now_us

# People need a moment to type; the stand-in too, but stays well within 10 s.
PAUSE_US = 3 * 1_000_000
# Older messages were there before this demo began.
FRESH_US = 30 * 1_000_000


@consumes("demo.stand_in")
def plan_answers(events: list[Read]) -> None:
    """Plans an answer to each fresh message of a contact."""
    for event in events:
        is_fresh = event.at_us > now_us() - FRESH_US
        if event.kind == "message.posted" and event.actor_kind == "contact" and is_fresh:
            facts = msgspec.json.decode(event.data)
            ids = {"conversation": facts["conversation"], "number": facts["number"]}
            put(
                "demo.answer",
                f"stand-in:{facts['conversation']}:{facts['number']}",
                ids,
                now_us() + PAUSE_US,
            )


@handles("demo.answer")
def answer(ids: dict[str, Any], key: str) -> None:
    """Answers unless a person is there, has the conversation, or the contact wrote on."""
    conversation = Conversation.objects.select_related("assignee").get(
        reference=ids["conversation"]
    )
    robin = Member.objects.get(is_stand_in=True)
    if count_available() or conversation.last_contact_number != ids["number"]:
        return
    if conversation.assignee_id is None:
        take(conversation.reference, robin)
    said = conversation.messages.filter(author_kind="agent", author=robin.pk).count()
    outcomes_of([_post(conversation, robin, line_for(conversation, said), key)])


def _post(conversation: Conversation, robin: Member, text: str, key: str) -> Post:
    return Post(
        author_kind="agent",
        author=robin.pk,
        external_id=key,
        text=text,
        received_us=now_us(),
        conversation=conversation.reference,
    )
