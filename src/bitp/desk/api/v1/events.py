"""Events: what happened since, in the order of the log, as far as the token's scopes reach."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import Field

from bitp.desk.api import schemas, scopes
from bitp.desk.api.answers import answer
from bitp.desk.api.bearer import CHALLENGE, ProgramRequest, Token
from bitp.desk.api.errors import BadApiToken
from bitp.desk.api.limits import PAGE, PAGE_MAX, WAIT_S_MAX, WAITING_MAX
from bitp.desk.api.queries import is_usable
from bitp.desk.api.shapes import time_of
from bitp.desk.conversations.queries import for_member
from bitp.desk.staff.models import Member
from bitp.events import tail
from bitp.events.tail import Position, Read

router = Router(tags=["events"])
# Events looked at for one request; those that the scopes do not reach are passed over.
LOOKED_AT_MAX = 1_000
# While a request waits: how often it looks, and how soon a revoked token is cut off (seconds).
LOOK_S = 0.1
JUDGE_S = 0.5
# The greatest number that a database compares with.
POSITION_MAX = 2**63 - 1
# Asking from here begins now.
LATEST = "latest"

_waiting = threading.BoundedSemaphore(WAITING_MAX)


@dataclass(frozen=True, slots=True)
class Reach:
    """What a kind of event needs besides events:read, and which of its facts are shown."""

    scope: str
    facts: tuple[str, ...]


CONVERSATION = ("conversation", "status", "topic", "language", "assignee", "was", "queue")
KINDS = {
    "conversation.opened": Reach(scopes.CONVERSATIONS_READ, ("conversation", "contact", "topic")),
    "conversation.changed": Reach(scopes.CONVERSATIONS_READ, CONVERSATION),
    "conversation.queue_changed": Reach(scopes.CONVERSATIONS_READ, CONVERSATION),
    "queue.entered": Reach(scopes.CONVERSATIONS_READ, ("conversation",)),
    "queue.left": Reach(scopes.CONVERSATIONS_READ, ("conversation", "why")),
    "conversation.assigned": Reach(scopes.ASSIGNMENTS_READ, ("conversation", "agent")),
    "conversation.unassigned": Reach(scopes.ASSIGNMENTS_READ, ("conversation", "agent")),
    "conversation.marked": Reach(
        scopes.MESSAGES_READ, ("conversation", "who", "delivered", "read")
    ),
    "message.posted": Reach(scopes.MESSAGES_READ, ("conversation", "number", "kind", "note")),
}


class Since(schemas.Asked):
    """Where to begin, and how long to wait for something to happen."""

    after: Annotated[str, Field(pattern=r"^(latest|[0-9]{1,19}\.[0-9]{1,19})?$")] = Field(
        "", description="``next`` of the answer before; empty: the beginning; latest: now."
    )
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = PAGE
    wait: Annotated[int, Field(ge=0, le=WAIT_S_MAX)] = Field(
        0, description="Seconds to wait at most; a few requests at a time may, others do not."
    )


@router.get(
    "/events",
    auth=Token(scopes.EVENTS_READ),
    response=schemas.Events,
    operation_id="listEvents",
    summary="List events since a position",
)
def list_events(request: ProgramRequest, since: Query[Since]) -> HttpResponse:
    """Every event is in here once, in an order that never changes. Kinds that need a scope the
    token lacks are left out; ``next`` moves over them."""
    since.check(request.GET)
    after = tail.end() if since.after == LATEST else read_position(since.after)
    found = read_page(request, after, since.limit)
    if since.wait and not found.items and _waiting.acquire(blocking=False):
        try:
            found = _wait(request, found, since)
        finally:
            _waiting.release()
    return answer({"items": found.items, "next": write_position(found.next), "more": found.more})


@dataclass(frozen=True, slots=True)
class Found:
    """Events as they are shown, and the position behind the last one that was looked at."""

    items: list[dict[str, Any]]
    next: Position
    more: bool


def _wait(request: ProgramRequest, found: Found, since: Since) -> Found:
    """Looks until something is there or the time is over; raises BadApiToken when the token
    is revoked meanwhile."""
    until = time.monotonic() + since.wait
    judged = time.monotonic()
    while not found.items and (now := time.monotonic()) < until:
        time.sleep(LOOK_S)
        if now - judged > JUDGE_S:
            judged = now
            if not is_usable(request.auth):
                raise BadApiToken({"WWW-Authenticate": CHALLENGE})
        found = read_page(request, found.next, since.limit)
    return found


def read_page(request: ProgramRequest, after: Position, limit: int) -> Found:
    """The next events for this token; many that it may not see are passed over at once."""
    events = tail.read_after(after, LOOKED_AT_MAX)
    wanted = [(each, data) for each in events if (data := _find_data(each, request.scopes))]
    seen = _visible(request.member, {data["conversation"] for _, data in wanted})
    shown = [(each, data) for each, data in wanted if data["conversation"] in seen]
    if len(shown) > limit:
        return Found([_shape(*each) for each in shown[:limit]], shown[limit - 1][0].position, True)
    last = events[-1].position if events else after
    return Found([_shape(*each) for each in shown], last, len(events) == LOOKED_AT_MAX)


def _find_data(event: Read, has: frozenset[str]) -> dict[str, Any] | None:
    """The facts of the event that these scopes show; None when they show nothing of it."""
    reach = KINDS.get(event.kind)
    if reach is None or reach.scope not in has:
        return None
    data: dict[str, Any] = msgspec.json.decode(event.data)
    if data.get("note") and scopes.NOTES_READ not in has:
        return None
    if agents := [name for name, _ in event.streams if name.startswith("agent/")]:
        data["agent"] = int(agents[0].partition("/")[2])
    return {name: data[name] for name in reach.facts if name in data}


def _visible(member: Member, references: set[str]) -> set[str]:
    """Which of the conversations the token's owner may see."""
    if not references:
        return set()
    rows = for_member(member).filter(reference__in=references)
    return set(rows.values_list("reference", flat=True))


def _shape(event: Read, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": write_position(event.position),
        "kind": event.kind,
        "at": time_of(event.at_us),
        "actor": {"kind": event.actor_kind, "id": event.actor},
        "data": data,
    }


def write_position(position: Position) -> str:
    """A position as programs keep it."""
    return f"{position[0]}.{position[1]}"


def read_position(text: str) -> Position:
    """The position of a text from write_position, "" for the beginning."""
    if not text:
        return tail.START
    first, _, second = text.partition(".")
    return min(int(first), POSITION_MAX), min(int(second), POSITION_MAX)
