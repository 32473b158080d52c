"""Giving waiting conversations to people: short transactions until nobody can take more."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from bitp.desk.conversations.models import Participant
from bitp.desk.routing import rows
from bitp.desk.routing.choosing import Agent, Choice, Waiting, choose
from bitp.desk.routing.lines import Line, write_lines
from bitp.desk.routing.models import CAPACITY_USUAL, Queue, QueueMember, Seat
from bitp.desk.routing.queries import available_members
from bitp.desk.routing.queues import stream_of
from bitp.desk.staff.models import Member
from bitp.events.log import SYSTEM, Fact, append
from bitp.lib.clock import now_us
from bitp.lib.text import LANGUAGES

# Conversations given in one transaction: other writers wait some milliseconds, not longer.
GIVEN_AT_ONCE = 50
# Turns of one look; whatever is left is there at the next.
TURNS_MAX = 100
# Somebody who comes back within this time meets the same person, if that one has room.
REMEMBERED_US = 30 * 24 * 3600 * 1_000_000
MINUTE_US = 60 * 1_000_000


def assign_waiting() -> int:
    """Gives conversations of assigning queues to who is ready; returns how many.

    Any number may do this at once: members are locked while they are chosen, and a conversation
    is given only if nobody has it.
    """
    given = 0
    for _ in range(TURNS_MAX):
        queues = list(Queue.objects.filter(assigns=True).values_list("key", flat=True))
        # Looked up outside a transaction: with nothing to do, nobody takes the write lock.
        if not (queues and rows.anybody_waits(queues) and available_members().exists()):
            return given
        turn = _assign_some(queues)
        if not turn:
            return given
        given += turn
    return given


def _assign_some(queues: Sequence[str]) -> int:
    with transaction.atomic():
        agents = _lock_agents()
        restricted = frozenset(QueueMember.objects.values_list("queue__key", flat=True))
        waiting = _waiting_for(queues, agents, restricted)
        moment_us = now_us()
        since_us = moment_us - REMEMBERED_US
        known = rows.last_helpers([each.contact for each in waiting], since_us)
        chosen = choose(waiting, agents, restricted, known, moment_us)[:GIVEN_AT_ONCE]
        if chosen:
            _give(chosen, moment_us)
        return len(chosen)


def _lock_agents() -> list[Agent]:
    """Who is ready, locked in one order, so that two routers never count the same room twice."""
    locked = available_members().select_for_update(of=("self",), no_key=True)
    members = {each.pk: each for each in locked}
    seats = {seat.member_id: seat for seat in Seat.objects.filter(member__in=members)}
    loads = rows.loads(list(members), now_us())
    ranks: dict[int, dict[str, int]] = {}
    for pk, key, rank in QueueMember.objects.values_list("member", "queue__key", "rank"):
        ranks.setdefault(pk, {})[key] = rank
    return [
        _agent(each, seats.get(each.pk), loads.get(each.pk, 0), ranks.get(each.pk, {}))
        for each in members.values()
    ]


def _agent(member: Member, seat: Seat | None, load: int, ranks: dict[str, int]) -> Agent:
    return Agent(
        pk=member.pk,
        alias=member.alias,
        capacity=seat.capacity if seat else CAPACITY_USUAL,
        load=load,
        languages=frozenset(seat.languages.split()) if seat else frozenset(),
        assigned_us=seat.assigned_us if seat else 0,
        ranks=ranks,
    )


def _waiting_for(
    queues: Sequence[str], agents: Sequence[Agent], restricted: frozenset[str]
) -> list[Waiting]:
    """Of each queue, the first that somebody with room could take; not more than there is room.

    Only languages that somebody with room speaks are looked at: whoever waits for another one
    must not stand in the way of the rest.
    """
    found: list[Waiting] = []
    for queue in queues:
        able = [a for a in agents if a.free and (queue not in restricted or queue in a.ranks)]
        spoken = [each for each in LANGUAGES if any(agent.speaks(each) for agent in able)]
        room = min(GIVEN_AT_ONCE, sum(agent.free for agent in able))
        if spoken and room:
            found += rows.lock_waiting(queue, spoken, room)
    return found


def _give(chosen: Sequence[Choice], moment_us: int) -> None:
    given = rows.assign([(each.agent.pk, each.waiting.pk) for each in chosen])
    # Locked a moment ago, so they are as they were read; if not, nothing of this may stand.
    assert given == len(chosen), f"{given} of {len(chosen)} conversations could be given"
    Participant.objects.bulk_create(
        [
            Participant(
                conversation_id=each.waiting.pk, member_id=each.agent.pk, joined_us=moment_us
            )
            for each in chosen
        ],
        ignore_conflicts=True,
    )
    _note_seats(chosen)
    append([fact for each in chosen for fact in _facts(each)])
    write_lines([line for each in chosen for line in _lines(each, moment_us)])


def _note_seats(chosen: Sequence[Choice]) -> None:
    """When each member was given a conversation last."""
    latest = {each.agent.pk: each.agent.assigned_us for each in chosen}
    Seat.objects.bulk_create(
        [Seat(member_id=pk, assigned_us=at_us) for pk, at_us in sorted(latest.items())],
        update_conflicts=True,
        unique_fields=["member"],
        update_fields=["assigned_us"],
    )


def _facts(choice: Choice) -> list[Fact]:
    waiting, agent = choice.waiting, choice.agent
    name = f"conversation/{waiting.reference}"
    streams = (f"{name}/customer", f"{name}/staff", f"contact/{waiting.contact_reference}")
    is_now = {
        "conversation": waiting.reference,
        "status": "open",
        "topic": waiting.topic,
        "language": waiting.language,
        "assignee": agent.pk,
    }
    named = {"conversation": waiting.reference}
    decided = {**named, "why": choice.why, "load": choice.load, "capacity": agent.capacity}
    return [
        Fact("conversation.changed", is_now, streams, SYSTEM),
        Fact("queue.left", {**named, "why": "assigned"}, (stream_of(waiting.queue),), SYSTEM),
        Fact("conversation.assigned", decided, (f"agent/{agent.pk}",), SYSTEM),
    ]


def _lines(choice: Choice, moment_us: int) -> list[Line]:
    """For staff the decision and its reason; for the customer who is there."""
    waiting, agent = choice.waiting, choice.agent
    values = {
        "name": agent.alias,
        "minutes": max(0, moment_us - waiting.since_us) // MINUTE_US,
        "load": choice.load,
        "capacity": agent.capacity,
    }
    joined = Line(
        waiting.reference, "agent_joined", f"joined:{agent.pk}", {"name": agent.alias}, False
    )
    return [Line(waiting.reference, f"assigned_{choice.why}", str(moment_us), values), joined]
