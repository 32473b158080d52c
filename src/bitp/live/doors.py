"""The connections that are not sockets: counted in all, and for each network address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bitp.live.limits import REFUSED_PER_ADDRESS_MAX, Tally
from bitp.live.proxies import Network, counted_as, is_trusted

if TYPE_CHECKING:
    from bitp.live.doorway import Doorway


class Doors:
    """Those that were let in, and those that are being told that they were not."""

    def __init__(self, per_address: int, trusted: tuple[Network, ...]) -> None:
        self._trusted = trusted
        self._addresses = Tally(per_address)
        self._refusals = Tally(REFUSED_PER_ADDRESS_MAX)
        # Each with the tally that counts it, if one does.
        self._open: dict[Doorway, Tally | None] = {}
        self._refused: set[Doorway] = set()

    def __len__(self) -> int:
        return len(self._open)

    def __iter__(self) -> Iterator[Doorway]:
        return iter(list(self._open))

    def open(self, doorway: Doorway) -> bool:
        """Let one in; False if its address has too many."""
        is_counted = bool(doorway.peer) and not is_trusted(doorway.peer, self._trusted)
        if is_counted and not self._addresses.add(counted_as(doorway.peer)):
            return False
        self._open[doorway] = self._addresses if is_counted else None
        return True

    def refuse(self, doorway: Doorway) -> bool:
        """One that is not let in; False if it cannot even be told so, for there are too many."""
        is_told = self._refusals.add(counted_as(doorway.peer))
        if is_told:
            self._refused.add(doorway)
        return is_told

    def close(self, doorway: Doorway) -> None:
        """It is gone, or became a socket."""
        tally = self._open.pop(doorway, None)
        if doorway in self._refused:
            self._refused.discard(doorway)
            tally = self._refusals
        if tally is not None:
            tally.remove(counted_as(doorway.peer))
