"""Everybody who is connected, by who they are and where they come from."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import islice

from bitp.live.client import Client
from bitp.live.inbound import Revocation, Subject
from bitp.live.limits import Tally
from bitp.live.proxies import counted_as

# Revocations remembered for clients whose hello was being judged while they came.
REVOCATIONS_KEPT = 10_000


class Clients:
    """The clients that are connected; those that said hello are found by their subject."""

    def __init__(self, per_subject: int, per_address: int) -> None:
        self._per_subject = per_subject
        self._addresses = Tally(per_address)
        self._by_subject: dict[str, list[Client]] = {}
        self._all: set[Client] = set()
        self._revoked: deque[Revocation] = deque(maxlen=REVOCATIONS_KEPT)
        # Revocations so far: a client notes it when its hello begins to be judged.
        self.revocations = 0

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Client]:
        return iter(list(self._all))

    @property
    def subjects(self) -> int:
        """How many different people are connected."""
        return len(self._by_subject)

    def connect(self, client: Client) -> bool:
        """Count a new connection; False if its address has too many (it is not counted)."""
        if not self._addresses.add(counted_as(client.address)):
            return False
        self._all.add(client)
        return True

    def introduce(self, client: Client, subject: Subject) -> bool:
        """The client turned out to be ``subject``; False if that one has too many."""
        mates = self._by_subject.setdefault(subject.key, [])
        if len(mates) >= self._per_subject:
            return False
        mates.append(client)
        client.subject = subject
        return True

    def disconnect(self, client: Client) -> None:
        """The client is gone. Nothing happens if it was never counted."""
        if client not in self._all:
            return
        self._all.discard(client)
        self._addresses.remove(counted_as(client.address))
        if client.subject is not None:
            mates = self._by_subject[client.subject.key]
            mates.remove(client)
            if not mates:
                del self._by_subject[client.subject.key]

    def revoke(self, revocation: Revocation) -> list[Client]:
        """The clients that lose their right; it is also remembered for those not yet known."""
        self._revoked.append(revocation)
        self.revocations += 1
        if revocation.subject:
            suspects = self._by_subject.get(revocation.subject, [])
        else:
            suspects = list(self._all)
        return [client for client in suspects if _concerns(revocation, client.subject)]

    def is_revoked_since(self, subject: Subject, count: int) -> bool:
        """Whether a right of the subject was taken away since ``revocations`` was ``count``."""
        latest = islice(reversed(self._revoked), self.revocations - count)
        return any(_concerns(revocation, subject) for revocation in latest)


def _concerns(revocation: Revocation, subject: Subject | None) -> bool:
    if subject is None or not (revocation.subject or revocation.session):
        return False
    return revocation.subject in ("", subject.key) and revocation.session in ("", subject.session)
