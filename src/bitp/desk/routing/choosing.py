"""Who gets which waiting conversation: a pure decision over what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    for each in sorted(waiting, key=lambda one: one.turn):
        able = [agent for agent in agents if can_take(agent, each, closed)]
        if not able:
            continue
        before = next((agent for agent in able if agent.pk == known.get(each.contact)), None)
        agent = before or min(able, key=lambda one: _preference(one, each.queue))
        agent.load += 1
        agent.assigned_us = now_us + len(choices)
        why = URGENT if each.urgent_us else AGAIN if before else LONGEST
        choices.append(Choice(each, agent, why, agent.load))
    return choices


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
