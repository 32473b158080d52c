"""From "everything after n" to live, with no gap and nothing twice.

The order is what makes it safe: the client joins the stream first, then a thread reads what the
log holds, and what the tail brings meanwhile is held. Entries are passed on strictly by number:
first the ones read, then the held ones that follow them without a gap; if some are missing
(more came than is held), the log is read once more from the last number passed on.
"""

from __future__ import annotations

# Live entries kept for one client while the log is read for it.
HELD_MAX = 100
# Readings that brought nothing although the head is ahead, before giving up with a resync.
DRY_MAX = 3


class CatchUp:
    """One client's way from number ``last`` to the head of one stream."""

    __slots__ = ("_held", "dry", "last", "welcomed")

    def __init__(self, last: int) -> None:
        self.last = last
        self.dry = 0
        # Whether the client was told that the subscription stands.
        self.welcomed = False
        self._held: list[tuple[int, bytes]] = []

    def hold(self, number: int, frame: bytes) -> None:
        """Keep a live entry; when too many came, only the newest, so that the gap shows."""
        if len(self._held) >= HELD_MAX:
            self._held.clear()
        self._held.append((number, frame))

    def take_read(self, number: int) -> bool:
        """Whether the entry read is the next one; then it counts as passed on."""
        if number != self.last + 1:
            return False
        self.last = number
        return True

    def take_held(self) -> list[bytes] | None:
        """The held frames that follow without a gap, or None if the log must be read again."""
        last, frames = self.last, []
        for number, frame in self._held:
            if number > last + 1:
                return None
            if number == last + 1:
                last = number
                frames.append(frame)
        self.last = last
        return frames
