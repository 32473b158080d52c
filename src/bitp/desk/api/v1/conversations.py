"""Conversations: finding, opening and changing them."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from bitp.desk.api import schemas, scopes
from bitp.desk.api.answers import answer, write
from bitp.desk.api.bearer import ProgramRequest, Token
from bitp.desk.api.limits import PAGE, PAGE_MAX
from bitp.desk.api.posting import open_conversation
from bitp.desk.api.rows import new_conversation_shape
from bitp.desk.api.shapes import conversation_shape
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import RESOLVED, Conversation
from bitp.desk.conversations.queries import conversation_for, for_member

router = Router(tags=["conversations"])


class Filters(schemas.Asked):
    """Which conversations; all of what is given must hold."""

    status: schemas.Status | None = None
    topic: schemas.Topic | None = None
    language: schemas.Language | None = None
    assignee: Annotated[str, Field(pattern=r"^(none|[1-9][0-9]{0,17})$")] | None = Field(
        None, description="An agent's id, or none."
    )
    contact: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,24}$")] | None = None
    cursor: schemas.Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE


@router.get(
    "/conversations",
    auth=Token(scopes.CONVERSATIONS_READ),
    response=schemas.Conversations,
    operation_id="listConversations",
    summary="List conversations",
)
def list_conversations(request: ProgramRequest, filters: Query[Filters]) -> HttpResponse:
    """Those the token's owner may see, the newest opened first."""
    filters.check(request.GET)
    rows = filtered(for_member(request.member), filters)
    if filters.cursor is not None:
        rows = rows.filter(pk__lt=int(filters.cursor))
    found = list(rows.order_by("-pk")[: filters.limit + 1])
    page = found[: filters.limit]
    more = len(found) > filters.limit
    shapes = [conversation_shape(each) for each in page]
    return answer({"items": shapes, "next": str(page[-1].pk) if more else None})


def filtered(rows: QuerySet[Conversation], filters: Filters) -> QuerySet[Conversation]:
    """The rows for which everything that was given holds."""
    wanted: dict[str, Any] = {
        "status": filters.status,
        "topic": filters.topic,
        "language": filters.language,
        "contact__reference": filters.contact,
    }
    if filters.assignee == "none":
        rows = rows.filter(assignee__isnull=True)
    elif filters.assignee:
        rows = rows.filter(assignee=int(filters.assignee))
    return rows.filter(**{name: value for name, value in wanted.items() if value is not None})


@router.get(
    "/conversations/{reference}",
    auth=Token(scopes.CONVERSATIONS_READ),
    response=schemas.Conversation,
    operation_id="getConversation",
    summary="Get a conversation",
)
def get_conversation(request: ProgramRequest, reference: str) -> HttpResponse:
    """One conversation as it stands now."""
    return answer(conversation_shape(conversation_for(request.member, reference)))


@router.post(
    "/conversations",
    auth=Token(scopes.CONVERSATIONS_WRITE),
    response={201: schemas.Conversation},
    operation_id="createConversation",
    summary="Open a conversation",
)
def create_conversation(request: ProgramRequest, body: schemas.NewConversation) -> HttpResponse:
    """With the first thing its contact said, as your program relays it (level 0: nothing about
    the contact is proven by that). It waits in the queue as any other."""

    def change() -> tuple[int, dict[str, Any]]:
        return 201, new_conversation_shape(open_conversation(request, body))

    return write(request, "POST /conversations", change)


@router.patch(
    "/conversations/{reference}",
    auth=Token(scopes.CONVERSATIONS_WRITE),
    response=schemas.Conversation,
    operation_id="changeConversation",
    summary="Change topic or status",
)
def change_conversation(
    request: ProgramRequest, reference: str, body: schemas.ConversationChange
) -> HttpResponse:
    """Corrects the topic, resolves the conversation or opens a resolved one again."""

    def change() -> tuple[int, dict[str, Any]]:
        row = conversation_for(request.member, reference)
        given = body.model_fields_set
        if "topic" in given and body.topic != row.topic:
            changes.set_topic(reference, body.topic, request.member)
        if "status" in given:
            turn = changes.resolve if body.status == RESOLVED else changes.reopen
            turn(reference, request.member)
        return 200, _shape_now(request, reference)

    return write(request, f"PATCH /conversations/{reference}", change)


def _shape_now(request: ProgramRequest, reference: str) -> dict[str, Any]:
    return conversation_shape(conversation_for(request.member, reference))
