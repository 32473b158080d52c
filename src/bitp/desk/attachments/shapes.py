"""Attachments as a message shows them. Who asks has been judged by whoever asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bitp.desk.attachments.models import Attachment


def attachment_object(row: Attachment) -> dict[str, Any]:
    """{reference, name, type, size_bytes, width, height, thumbnail, state, reason}.

    Sizes of pictures in pixels, else 0; state: checking, ready, refused or erased.
    """
    return {
        "reference": row.reference,
        "name": row.name,
        "type": row.type,
        "size_bytes": row.size_bytes,
        "width": row.width,
        "height": row.height,
        "thumbnail": bool(row.thumbnail_key),
        "state": row.state,
        "reason": row.reason,
    }


def files_of(messages: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The attachments of each of these messages (ids), in their order."""
    found: dict[int, list[dict[str, Any]]] = {}
    for row in _of(messages):
        assert row.message_id is not None
        found.setdefault(row.message_id, []).append(attachment_object(row))
    return found


def names_of(messages: Sequence[int]) -> dict[int, str]:
    """What stands for a message without text where there is one line for it."""
    found: dict[int, list[str]] = {}
    for row in _of(messages):
        assert row.message_id is not None
        found.setdefault(row.message_id, []).append(row.name)
    return {message: f"📎 {', '.join(names)}" for message, names in found.items()}


def _of(messages: Sequence[int]) -> Iterable[Attachment]:
    if not messages:
        return []
    return Attachment.objects.filter(message__in=messages).order_by("message", "position")
