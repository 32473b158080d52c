"""Events of the log as the members of a stream see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from bitp.desk.conversations.messages import messages_by_id
from bitp.desk.conversations.models import Conversation
from bitp.desk.conversations.queries import staff_summaries
from bitp.desk.conversations.shapes import CUSTOMER, STAFF, message_object
from bitp.desk.staff.models import Member

# Events whose data carries the whole conversation as the console lists it.
_WITH_SUMMARY = frozenset(
    {"queue.entered", "conversation.assigned", "conversation.raised", "conversation.urgent"}
)


def audience_of(stream: str) -> str:
    """Who follows a stream of this name: customers only what is named for them."""
    is_customers = stream.startswith("contact/") or stream.endswith("/customer")
    return CUSTOMER if is_customers else STAFF


class Renderer:
    """Renders a run of events with a handful of queries for all of them."""

    def __init__(self, events: Sequence[tuple[str, str]]) -> None:
        """``events``: (kind, canonical JSON data) of each event of the run."""
        self._data: list[dict[str, Any]] = [msgspec.json.decode(data) for _, data in events]
        kinds = [kind for kind, _ in events]
        pairs = list(zip(kinds, self._data, strict=True))
        self._messages = messages_by_id(
            list({data["message"] for kind, data in pairs if kind == "message.posted"})
        )
        self._summaries = _summaries(
            {data["conversation"] for kind, data in pairs if kind in _WITH_SUMMARY}
        )
        self._members = _members(
            {
                data["assignee"]
                for kind, data in pairs
                if kind == "conversation.changed" and data.get("assignee")
            }
            | {data["by"] for kind, data in pairs if kind in _WITH_SUMMARY and "by" in data}
        )
        self._kinds = kinds

    def data(self, index: int, stream: str) -> dict[str, Any]:
        """The data of event ``index`` as members of the stream see it."""
        kind, data = self._kinds[index], self._data[index]
        if kind == "message.posted":
            row = self._messages.get(data["message"])
            return message_object(row, audience_of(stream)) if row else {"erased": True, **data}
        if kind in _WITH_SUMMARY:
            return self._with_summary(data)
        if kind == "conversation.changed":
            return self._changed(data, audience_of(stream))
        return {("reference" if key == "conversation" else key): data[key] for key in data}

    def _with_summary(self, data: dict[str, Any]) -> dict[str, Any]:
        """The whole conversation, and who gave it where somebody did."""
        shown = {"conversation": self._summaries.get(data["conversation"])}
        by = self._members.get(data.get("by", 0))
        return {**shown, "by": {"id": by.pk, "name": by.alias}} if by else shown

    def _changed(self, data: dict[str, Any], audience: str) -> dict[str, Any]:
        shown = {k: v for k, v in data.items() if k not in {"conversation", "assignee"}}
        shown["reference"] = data["conversation"]
        if "assignee" in data:
            member = self._members.get(data["assignee"])
            shown["agent"] = (
                {"name": member.alias, "stand_in": member.is_stand_in} if member else None
            )
            if audience == STAFF:
                shown["assignee"] = {"id": member.pk, "name": member.alias} if member else None
        return shown


def _summaries(references: set[str]) -> dict[str, Any]:
    if not references:
        return {}
    found = list(
        Conversation.objects.filter(reference__in=references).select_related("contact", "assignee")
    )
    return {each["reference"]: each for each in staff_summaries(found, None)}


def _members(ids: set[int]) -> dict[int, Member]:
    return Member.objects.in_bulk(ids) if ids else {}
