"""Who gets which waiting conversation: a pure decision over what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heapreplace

URGENT, AGAIN, LONGEST = "urgent", "again", "longest"


@dataclass(slots=True)
class Agent:
    """A member who is ready. load: chats now; ranks: queue → rank, for the queues with members.

    languages: empty means all; assigned_us: when a conversation was last given to them.
    """

    pk: int
    alias: str
    capacity: int
    load: int
    languages: frozenset[str]
    assigned_us: int
    ranks: Mapping[str, int]

    @property
    def free(self) -> int:
        """Chats they could still take."""
        return max(0, self.capacity - self.load)

    def speaks(self, language: str) -> bool:
        """Whether they answer in it."""
        return not self.languages or language in self.languages


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that waits, in its turn."""

    pk: int
    reference: str
    contact: int
    contact_reference: str
    queue: str
    topic: str
    language: str
    since_us: int
    urgent_us: int

    @property
    def turn(self) -> tuple[int, int, int]:
        """The urgent first, by when that was seen; then by how long they wait."""
        return (0 if self.urgent_us else 1, self.urgent_us or self.since_us, self.pk)


@dataclass(frozen=True, slots=True)
class Choice:
    """A conversation is given to an agent, why, and how many chats they have then."""

    waiting: Waiting
    agent: Agent
    why: str
    load: int


def choose(
    waiting: Sequence[Waiting],
    agents: Sequence[Agent],
    closed: frozenset[str],
    known: Mapping[int, int],
    now_us: int = 0,
) -> list[Choice]:
    """One choice per conversation that somebody can take, in turn; counts them as taken.

    closed: keys of the queues that are only their members'; known: contact → the member who
    answered them last.
    """
    choices: list[Choice] = []
    by_pk = {agent.pk: agent for agent in agents}
    lines: dict[tuple[str, str], _Line] = {}
    for each in sorted(waiting, key=lambda one: one.turn):
        key = (each.queue, each.language)
        if key not in lines:
            able = [agent for agent in agents if can_take(agent, each, closed)]
            lines[key] = _Line(each.queue, able)
        before = by_pk.get(known.get(each.contact, 0))
        if before is not None and not can_take(before, each, closed):
            before = None
        agent = before or lines[key].find_first()
        if agent is None:
            continue
        agent.load += 1
        agent.assigned_us = now_us + len(choices)
        why = URGENT if each.urgent_us else AGAIN if before else LONGEST
        choices.append(Choice(each, agent, why, agent.load))
    return choices


class _Line:
    """Those who can take from one queue in one language, whoever is first at hand.

    Whoever is given something only moves back, so an outdated place is corrected when it is met.
    """

    def __init__(self, queue: str, able: Sequence[Agent]) -> None:
        self._queue = queue
        self._agents = {agent.pk: agent for agent in able}
        self._places = [_preference(agent, queue) for agent in able]
        heapify(self._places)

    def find_first(self) -> Agent | None:
        """Who is next, or None when nobody has room."""
        while self._places:
            agent = self._agents[self._places[0][-1]]
            place = _preference(agent, self._queue)
            if not agent.free:
                heappop(self._places)
            elif place != self._places[0]:
                heapreplace(self._places, place)
            else:
                return agent
        return None


def can_take(agent: Agent, waiting: Waiting, closed: frozenset[str]) -> bool:
    """Whether the agent answers in the queue, speaks the language and has room."""
    in_queue = waiting.queue not in closed or waiting.queue in agent.ranks
    return in_queue and agent.free > 0 and agent.speaks(waiting.language)


def _preference(agent: Agent, queue: str) -> tuple[int, float, int, int]:
    """Lowest first: rank, share of capacity in use, when last given one, the older member."""
    return (
        agent.ranks.get(queue, 1),
        agent.load / agent.capacity,
        agent.assigned_us,
        agent.pk,
    )
