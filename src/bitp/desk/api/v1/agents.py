"""Agents, who has which conversation, and the token itself."""

from __future__ import annotations

from typing import Annotated, Any

from django.db.models import Count, Q
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from bitp.desk.api import schemas, scopes
from bitp.desk.api.answers import answer, write
from bitp.desk.api.bearer import ProgramRequest, Token
from bitp.desk.api.errors import NoSuchAgent
from bitp.desk.api.limits import PAGE, PAGE_MAX
from bitp.desk.api.shapes import agent_name, assignment_shape, conversation_shape, time_of
from bitp.desk.conversations import changes
from bitp.desk.conversations.models import RESOLVED
from bitp.desk.conversations.queries import conversation_for, for_member
from bitp.desk.routing.queries import available_members
from bitp.desk.staff.models import Member

router = Router(tags=["agents"])
# More people than any desk has; the list is one page.
AGENTS_MAX = 1_000


@router.get(
    "/agents",
    auth=Token(scopes.AGENTS_READ),
    response=schemas.Agents,
    operation_id="listAgents",
    summary="List agents",
)
def list_agents(request: ProgramRequest) -> HttpResponse:
    """Everybody who may have conversations, whether they are there, and how many they have."""
    there = set(available_members().values_list("pk", flat=True))
    held = Count("conversation", filter=~Q(conversation__status=RESOLVED))
    rows = _agents().annotate(held=held).order_by("pk")[:AGENTS_MAX]
    return answer(
        {
            "items": [
                {
                    **agent_name(each),
                    "role": each.role,
                    "available": each.pk in there,
                    "open_conversations": each.held,
                }
                for each in rows
            ]
        }
    )


def _agents() -> Any:
    return Member.objects.filter(user__is_active=True, is_stand_in=False)


class Which(schemas.Asked):
    """Whose assignments, and which page of them."""

    agent: schemas.Id | None = None
    cursor: schemas.Cursor | None = None
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE


@router.get(
    "/assignments",
    auth=Token(scopes.ASSIGNMENTS_READ),
    response=schemas.Assignments,
    operation_id="listAssignments",
    summary="List assignments",
)
def list_assignments(request: ProgramRequest, which: Query[Which]) -> HttpResponse:
    """Who has which conversation that is not resolved, the newest opened first."""
    which.check(request.GET)
    rows = for_member(request.member).filter(assignee__isnull=False).exclude(status=RESOLVED)
    if which.agent is not None:
        rows = rows.filter(assignee=which.agent)
    if which.cursor is not None:
        rows = rows.filter(pk__lt=int(which.cursor))
    found = list(rows.order_by("-pk")[: which.limit + 1])
    page = found[: which.limit]
    more = len(found) > which.limit
    shapes = [assignment_shape(each) for each in page]
    return answer({"items": shapes, "next": str(page[-1].pk) if more else None})


@router.put(
    "/conversations/{reference}/assignee",
    auth=Token(scopes.ASSIGNMENTS_WRITE),
    response=schemas.Conversation,
    operation_id="assignConversation",
    summary="Assign a conversation",
)
def assign_conversation(
    request: ProgramRequest, reference: str, body: schemas.NewAssignee
) -> HttpResponse:
    """To an agent, whoever had it before, or to nobody: back into the queue."""

    def change() -> tuple[int, dict[str, Any]]:
        row = conversation_for(request.member, reference)
        agent = _get_agent(body.agent) if body.agent is not None else None
        if row.assignee_id is not None and row.assignee_id != body.agent:
            changes.release(reference, request.member)
        if agent is not None:
            changes.take(reference, agent)
        return 200, conversation_shape(conversation_for(request.member, reference))

    return write(request, f"PUT /conversations/{reference}/assignee", change)


def _get_agent(pk: int) -> Member:
    agent: Member | None = _agents().filter(pk=pk).first()
    if agent is None:
        raise NoSuchAgent
    return agent


@router.get(
    "/token",
    auth=Token(),
    response=schemas.TokenSelf,
    operation_id="getToken",
    summary="Get this token",
    tags=["token"],
)
def get_token(request: ProgramRequest) -> HttpResponse:
    """What the token that asks may do, and until when: for trying it out."""
    token = request.auth
    return answer(
        {
            "name": token.name,
            "prefix": token.prefix,
            "owner": agent_name(request.member),
            "scopes": sorted(request.scopes),
            "expires_at": time_of(token.expires_us) if token.expires_us else None,
        }
    )
