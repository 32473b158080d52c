"""Counting what is limited."""

from __future__ import annotations

# Plain HTTP connections of one network address: an office of some hundred people whose browsers
# keep six each. A trusted proxy carries everybody's, so its own are not counted.
CONNECTIONS_PER_ADDRESS_MAX = 2_000
# Of those that are too many, so many at once are told so before they end; the others just end.
REFUSED_PER_ADDRESS_MAX = 100


def admit(at: float, now: float, per_s: int, burst: int) -> float:
    """The new state of a rate limit after one more event, or -1 if it is too many.

    The state is one float, "when everything so far will have been paid for" (the generic cell
    rate algorithm): ``burst`` events at once, ``per_s`` on average. A fresh state is 0.
    """
    start = at if at > now else now
    # Half an event of slack, so that rounding never costs the last one of a burst.
    if start - now > (burst - 0.5) / per_s:
        return -1
    return start + 1 / per_s


class Tally:
    """How many of something each key has now."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, key: str) -> bool:
        """Count one more, unless the key is full already."""
        count = self._counts.get(key, 0)
        if count >= self._most:
            return False
        self._counts[key] = count + 1
        return True

    def remove(self, key: str) -> None:
        """Count one less."""
        count = self._counts.get(key, 0)
        if count > 1:
            self._counts[key] = count - 1
        else:
            self._counts.pop(key, None)
