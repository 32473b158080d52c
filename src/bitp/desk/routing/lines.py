"""What routing decides, as lines in the conversation: codes and values, worded by who reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bitp.desk.conversations.posting.batch import post_messages
from bitp.desk.conversations.posting.post import ACCEPTED, DUPLICATE, Post
from bitp.lib.canonical import canonical_json
from bitp.lib.clock import now_us


class NotWritten(Exception):
    """A decision's line could not be written, so the decision must not stand either."""


@dataclass(frozen=True, slots=True)
class Line:
    """key: the same line is written once per conversation; is_note: for staff only."""

    reference: str
    code: str
    key: str
    values: dict[str, Any] = field(default_factory=dict)
    is_note: bool = True


def write_lines(lines: Sequence[Line]) -> None:
    """Writes the lines, inside the transaction of what they tell. Raises NotWritten."""
    moment_us = now_us()
    outcomes = post_messages([_post(line, moment_us) for line in lines])
    if any(each is None or each.result not in {ACCEPTED, DUPLICATE} for each in outcomes):
        raise NotWritten


def _post(line: Line, moment_us: int) -> Post:
    return Post(
        author_kind="system",
        author=0,
        external_id=f"{line.code}:{line.reference}:{line.key}",
        text="",
        received_us=moment_us,
        conversation=line.reference,
        kind="system",
        parts=canonical_json({"code": line.code, **line.values}),
        is_note=line.is_note,
    )
