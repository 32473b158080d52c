"""Reading messages: pages of a conversation, and the ones a list of events points to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from bitp.desk.attachments.shapes import files_of, names_of
from bitp.desk.conversations.models import FILE
from bitp.desk.conversations.shapes import STAFF, message_object

# One page of history.
PAGE = 50

_COLUMNS = (
    "id",
    "reference",
    "number",
    "kind",
    "is_note",
    "author_kind",
    "author",
    "author_name",
    "stand_in",
    "text",
    "parts",
    "external_id",
    "at_us",
    "level",
    "evidence",
    "delivery",
    "delivery_reason",
)
_SELECT = (
    "SELECT m.id, c.reference, m.number, m.kind, m.is_note, m.author_kind, m.author, "
    "CASE m.author_kind WHEN 'agent' THEN w.alias WHEN 'contact' THEN k.name ELSE '' END, "
    "coalesce(w.is_stand_in, false), m.text, m.parts, m.external_id, m.at_us, m.level, "
    "m.evidence, coalesce(d.state, ''), coalesce(d.reason, '') "
    "FROM conversations_message m "
    "JOIN conversations_conversation c ON c.id = m.conversation_id "
    "JOIN contacts_contact k ON k.id = c.contact_id "
    "LEFT JOIN staff_member w ON m.author_kind = 'agent' AND w.id = m.author "
    "LEFT JOIN conversations_delivery d ON d.message_id = m.id AND d.channel = 'chat' "
)


def messages_of(
    conversation: int, before: int, audience: str, limit: int = PAGE
) -> tuple[list[dict[str, Any]], bool]:
    """Message objects numbered below ``before`` (0: the last ones), oldest first, and whether
    there are earlier ones. Notes are left out for customers by the query itself."""
    where = "WHERE m.conversation_id = %s"
    values: list[Any] = [conversation]
    if before:
        where += " AND m.number < %s"
        values.append(before)
    if audience != STAFF:
        where += " AND m.is_note = %s"
        values.append(False)
    rows = _rows(f"{_SELECT}{where} ORDER BY m.number DESC LIMIT %s", [*values, limit + 1])
    page = [message_object(row, audience) for row in reversed(rows[:limit])]
    return page, len(rows) > limit


def messages_by_id(ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Rows of the messages with these ids, for message_object."""
    if not ids:
        return {}
    marks = ", ".join(["%s"] * len(ids))
    return {row["id"]: row for row in _rows(f"{_SELECT}WHERE m.id IN ({marks})", list(ids))}


def last_texts(conversations: Sequence[int], audience: str) -> dict[int, str]:
    """The last text of each conversation that the audience may see."""
    if not conversations:
        return {}
    marks = ", ".join(["%s"] * len(conversations))
    notes = "" if audience == STAFF else "AND NOT is_note"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conversation_id, text, kind, id FROM conversations_message m "
            "WHERE (conversation_id, number) IN (SELECT conversation_id, max(number) "
            f"FROM conversations_message WHERE conversation_id IN ({marks}) "
            f"AND kind <> 'system' {notes} GROUP BY conversation_id)",
            list(conversations),
        )
        found = cursor.fetchall()
    names = names_of([pk for _, text, kind, pk in found if kind == FILE and not text])
    return {conversation: text or names.get(pk, "") for conversation, text, _, pk in found}


def _rows(sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        rows = [dict(zip(_COLUMNS, row, strict=True)) for row in cursor.fetchall()]
    files = files_of([row["id"] for row in rows if row["kind"] == FILE])
    for row in rows:
        row["files"] = files.get(row["id"], [])
    return rows
