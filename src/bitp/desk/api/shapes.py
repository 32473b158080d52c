"""From rows to what the API says of them (schemas.py has the forms)."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member
from bitp.lib.clock import from_us

# In a message's evidence when a program wrote it on somebody's behalf.
BY_PROGRAM = "program"


def time_of(moment_us: int) -> str:
    """Microseconds since the epoch as RFC 3339 in UTC."""
    return from_us(moment_us).isoformat(timespec="microseconds").replace("+00:00", "Z")


def conversation_shape(row: Conversation) -> dict[str, Any]:
    """schemas.Conversation; contact and assignee are read along."""
    contact = row.contact
    return {
        "reference": row.reference,
        "contact": {
            "reference": contact.reference,
            "name": contact.name,
            "customer": bool(contact.customer),
        },
        "topic": row.topic,
        "status": row.status,
        "language": row.language,
        "level": row.level,
        "assignee": agent_name(row.assignee) if row.assignee else None,
        "created_at": time_of(row.created_us),
        "last_message_at": time_of(row.last_us),
        "waiting_since": time_of(row.waiting_since_us) if row.waiting_since_us else None,
        "last_number": row.last_number,
    }


def agent_name(member: Member) -> dict[str, Any]:
    """schemas.AgentName."""
    return {"id": member.pk, "name": member.alias}


def message_shape(row: dict[str, Any]) -> dict[str, Any]:
    """schemas.Message of a row of desk.conversations.messages."""
    evidence = msgspec.json.decode(row["evidence"])
    return {
        "conversation": row["reference"],
        "number": row["number"],
        "kind": row["kind"],
        "note": bool(row["is_note"]),
        "author": {
            "kind": row["author_kind"],
            "name": row["author_name"],
            "id": row["author"] if row["author_kind"] == "agent" else None,
            "program": evidence.get("kind") == BY_PROGRAM,
        },
        "text": row["text"],
        "parts": msgspec.json.decode(row["parts"]) if row["parts"] else None,
        "at": time_of(row["at_us"]),
    }


def assignment_shape(row: Conversation) -> dict[str, Any]:
    """schemas.Assignment of a conversation that has an assignee."""
    assert row.assignee is not None
    return {
        "conversation": row.reference,
        "agent": agent_name(row.assignee),
        "status": row.status,
        "topic": row.topic,
    }
