"""Messages: what was said, and saying something."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from bitp.desk.api import schemas, scopes
from bitp.desk.api.answers import answer, write
from bitp.desk.api.bearer import ProgramRequest, Token, check_scopes
from bitp.desk.api.limits import PAGE, PAGE_MAX
from bitp.desk.api.posting import post_message
from bitp.desk.api.shapes import message_shape
from bitp.desk.conversations.messages import messages_by_id
from bitp.desk.conversations.models import Conversation, Message
from bitp.desk.conversations.queries import conversation_for

router = Router(tags=["messages"])


class After(schemas.Asked):
    """Where to begin: behind the message with this number."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE


@router.get(
    "/conversations/{reference}/messages",
    auth=Token(scopes.MESSAGES_READ),
    response=schemas.Messages,
    operation_id="listMessages",
    summary="List messages",
)
def list_messages(request: ProgramRequest, reference: str, where: Query[After]) -> HttpResponse:
    """In the order of their numbers. Notes are among them with the scope notes:read only, so
    that numbers may be missing without it."""
    where.check(request.GET)
    row = conversation_for(request.member, reference)
    with_notes = scopes.NOTES_READ in request.scopes
    found = _rows_after(row, where.after, with_notes, where.limit + 1)
    page = found[: where.limit]
    more = len(found) > where.limit
    shapes = [message_shape(each) for each in page]
    return answer({"items": shapes, "next": page[-1]["number"] if more else None})


def _rows_after(
    row: Conversation, after: int, with_notes: bool, limit: int
) -> list[dict[str, Any]]:
    """Rows of message_shape; notes are left out by the query itself."""
    numbered = Message.objects.filter(conversation=row, number__gt=after)
    if not with_notes:
        numbered = numbered.filter(is_note=False)
    ids = list(numbered.order_by("number").values_list("pk", flat=True)[:limit])
    rows = messages_by_id(ids)
    return [rows[pk] for pk in ids]


@router.post(
    "/conversations/{reference}/messages",
    auth=Token(),
    response={201: schemas.Message},
    operation_id="postMessage",
    summary="Post a reply or a note",
)
def create_message(
    request: ProgramRequest, reference: str, body: schemas.NewMessage
) -> HttpResponse:
    """A reply needs the scope messages:write, a note notes:write. It is written on behalf of the
    token's owner and marked as a program's."""
    check_scopes(request.scopes, [scopes.NOTES_WRITE if body.note else scopes.MESSAGES_WRITE])

    def change() -> tuple[int, dict[str, Any]]:
        row = conversation_for(request.member, reference)
        return 201, post_message(request, row, body)

    return write(request, f"POST /conversations/{reference}/messages", change)
