"""The JSON shapes of conversations and messages, one function per shape."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.desk.conversations.models import FILE, GUESSED, RESOLVED, Conversation
from bitp.desk.routing.queries import expected_wait_minutes, position
from bitp.lib.clock import now_us
from bitp.lib.text import preview

# A resolved conversation may be reopened by the customer for seven days.
REOPEN_US = 7 * 24 * 3600 * 1_000_000

CUSTOMER = "customer"
STAFF = "staff"

# Evidence is canonical JSON: this stands in it when a program wrote in its owner's name.
BY_PROGRAM = '"kind":"program"'


def message_object(row: dict[str, Any], audience: str) -> dict[str, Any]:
    """A message as the audience may see it.

    ``row``: the values of MESSAGE_VALUES (see queries). Customers get no evidence, no level and
    no staff ids.
    """
    author = {"kind": row["author_kind"], "name": row["author_name"]}
    if row["stand_in"]:
        author["stand_in"] = True
    if BY_PROGRAM in row["evidence"]:
        author["program"] = True
    shape: dict[str, Any] = {
        "number": row["number"],
        "kind": row["kind"],
        "note": bool(row["is_note"]),
        "author": author,
        "text": row["text"],
        "parts": _parts(row),
        "cid": row["external_id"].partition(":")[2],
        "at_us": row["at_us"],
    }
    if audience == STAFF:
        author["id"] = row["author"]
        shape["level"] = row["level"]
        shape["evidence"] = msgspec.json.decode(row["evidence"])
        shape["delivery"] = row["delivery"]
        shape["delivery_reason"] = row["delivery_reason"]
    return shape


def _parts(row: dict[str, Any]) -> Any:
    """Of a message with files: how they stand now, not how they were sent."""
    if row["kind"] == FILE:
        return {"files": row["files"]}
    return msgspec.json.decode(row["parts"]) if row["parts"] else None


def customer_form(
    conversation: Conversation, last_text: str, marks: dict[str, Any], head: int
) -> dict[str, Any]:
    """The conversation as its contact sees it."""
    place = position(conversation)
    return {
        "reference": conversation.reference,
        "thread": conversation.thread,
        "topic": conversation.topic,
        "status": conversation.status,
        "language": conversation.language,
        "agent": _agent(conversation),
        "position": place,
        "wait_minutes": expected_wait_minutes(place, conversation.queue) if place else None,
        "last_number": conversation.last_number,
        "last_text": preview(last_text),
        "last_us": conversation.last_us,
        "unread": _unread(conversation.last_agent_number, marks["contact"]["read"]),
        "can_reopen": conversation.status == RESOLVED
        and conversation.resolved_us > now_us() - REOPEN_US,
        "marks": marks,
        "stream": f"conversation/{conversation.reference}/customer",
        "head": head,
    }


def _agent(conversation: Conversation) -> dict[str, Any] | None:
    member = conversation.assignee
    return {"name": member.alias, "stand_in": member.is_stand_in} if member else None


def staff_summary(
    conversation: Conversation, last_text: str, read: int, head: int
) -> dict[str, Any]:
    """The conversation as a row of the console's list; ``read``: up to where this member read."""
    member, contact = conversation.assignee, conversation.contact
    return {
        "reference": conversation.reference,
        "contact": {
            "name": contact.name,
            "reference": contact.reference,
            "customer": bool(contact.customer),
        },
        "topic": conversation.topic,
        "topic_guessed": conversation.topic_from == GUESSED,
        "status": conversation.status,
        "language": conversation.language,
        "level": conversation.level,
        "assignee": {"id": member.pk, "name": member.alias} if member else None,
        "waiting_since_us": conversation.waiting_since_us,
        "queue": conversation.queue,
        "urgent": conversation.urgent_since_us > 0,
        "raised": 0 < conversation.waiting_since_us <= conversation.raised_us,
        "last_us": conversation.last_us,
        "last_number": conversation.last_number,
        "last_text": preview(last_text),
        "unread": _unread(conversation.last_contact_number, read),
        "stream": f"conversation/{conversation.reference}/staff",
        "head": head,
    }


def _unread(last: int, read: int) -> int:
    return max(0, last - read)
