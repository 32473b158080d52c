"""Which sends go into the next batch.

Everything that arrived while the last commit ran, at most BATCH_MAX. A send whose conversation
was locked is *held*: it leads the next batch, and whatever else its conversation gets lines up
behind it, so a locked conversation delays itself alone and its order is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bitp.live.inbound import Posting
from bitp.live.protocol import Ack

if TYPE_CHECKING:
    from bitp.live.client import Client

# Items of one transaction: one sync pays for all of them, and none waits long.
BATCH_MAX = 200
# Of them, held ones: locked conversations must not crowd out the others.
HELD_PER_BATCH = 100
# Of them, of one conversation.
HELD_PER_KEY = 20


class Waiting(NamedTuple):
    """A send on its way into the log. key: its conversation; since: seconds, monotonic."""

    client: Client
    posting: Posting
    key: str
    since: float


Answer = tuple[Waiting, Ack]


def key_of(posting: Posting) -> str:
    """What keeps its order: the conversation, or the sender's thread that will become one."""
    send = posting.send
    return send.conversation or f"{posting.subject.key}/{send.thread}"


class Line:
    """The sends that wait, in order per conversation.

    ``add`` and ``len`` may be called from any thread, everything else from one thread only.
    """

    def __init__(self) -> None:
        self._new: deque[Waiting] = deque()
        self._held: dict[str, deque[Waiting]] = {}
        self._held_count = 0

    def __len__(self) -> int:
        return len(self._new) + self._held_count

    def add(self, waiting: Waiting) -> None:
        """Line up one send."""
        self._new.append(waiting)

    def only_held(self) -> bool:
        """Whether nothing waits but what a lock held up."""
        return not self._new

    def take(self) -> list[Waiting]:
        """The next batch, possibly empty."""
        batch = self._take_held()
        while self._new and len(batch) < BATCH_MAX:
            waiting = self._new.popleft()
            if waiting.key in self._held:
                self._held[waiting.key].append(waiting)
            else:
                batch.append(waiting)
        self._count()
        return batch

    def hold(self, items: Sequence[Waiting]) -> None:
        """Put items of the last batch back to the front of their conversations."""
        for waiting in reversed(items):
            self._held.setdefault(waiting.key, deque()).appendleft(waiting)
        self._count()

    def take_older(self, moment: float) -> list[Waiting]:
        """Remove the held conversations whose first item waits since before ``moment``.

        All their items go: if only the first were refused, the next could overtake it.
        """
        stale = [key for key, items in self._held.items() if items and items[0].since < moment]
        return self.take_keys(stale)

    def take_keys(self, keys: Iterable[str]) -> list[Waiting]:
        """Remove everything of these conversations."""
        wanted = set(keys)
        taken = [item for key in wanted for item in self._held.pop(key, ())]
        self._count()
        for _ in range(len(self._new)):
            waiting = self._new.popleft()
            (taken if waiting.key in wanted else self._new).append(waiting)
        return taken

    def _take_held(self) -> list[Waiting]:
        batch: list[Waiting] = []
        for key in list(self._held):
            items = self._held.pop(key)
            share = min(len(items), HELD_PER_KEY, HELD_PER_BATCH - len(batch))
            batch.extend(items.popleft() for _ in range(share))
            if items:
                self._held[key] = items
        return batch

    def _count(self) -> None:
        self._held_count = sum(map(len, self._held.values()))
