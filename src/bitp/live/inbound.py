"""What the gateway asks of the rest of the system: one object, handed in at start.

Every method is synchronous, may touch the database, and is called from a worker thread
(never from the event loop). The gateway itself holds no truth.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from bitp.live.protocol import Ack, Send


class Refused(Exception):
    """The ticket, token or right is missing; ``close_code`` as in protocol.CLOSE_CODES."""

    def __init__(self, close_code: int = 4401) -> None:
        super().__init__(close_code)
        self.close_code = close_code


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is connected.

    key: "contact:<id>" or "staff:<id>"; session: opaque id of the browser session (cut when it
    ends); kind: "customer" | "staff"; name: shown to the other side; evidence: canonical JSON of
    what was proven (stored with every message); streams: to follow from the start; position: the
    log position at which the rights were judged; token: what resume tokens are bound to; until_s:
    when the proof ends (seconds since the epoch), which no resume token outlives; 0: it does not.
    """

    key: str
    kind: str
    session: str
    name: str
    evidence: str = "{}"
    streams: tuple[str, ...] = ()
    position: int = 0
    inbox: int = 0
    user: int = 0
    until_s: int = 0


@dataclass(frozen=True, slots=True)
class Posting:
    """One send, with who sent it and when the server received it (microseconds)."""

    subject: Subject
    send: Send
    received_us: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Delivered and read up to these message numbers, by one subject in one conversation."""

    subject: Subject
    conversation: str
    delivered: int
    read: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the log as a member of one stream; data as rendered for that stream.

    position orders the whole log (opaque pair; see events.tail).
    """

    stream: str
    n: int
    kind: str
    at_us: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revocation:
    """Sockets of this subject key and/or session lose their right now."""

    subject: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class Tailed:
    """What the log gained: entries in order, revocations, and the position to go on from."""

    entries: list[Entry]
    revocations: list[Revocation]
    position: tuple[int, int]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Replay:
    """The stream's last number, and entries after the asked one; None: they were pruned."""

    head: int
    entries: list[Entry] | None = field(default_factory=list)


class Inbound(Protocol):
    """The gateway's whole view of the rest of the system."""

    def open(self, ticket: str) -> Subject:
        """The subject of a fresh ticket, else raises Refused."""

    def resume(self, token: str) -> Subject:
        """The subject of a resume token that nothing revoked since, else raises Refused."""

    def resume_token(self, subject: Subject) -> str:
        """A token (24 h) bound to the subject's session."""

    def may_subscribe(self, subject: Subject, stream: str) -> bool:
        """Whether the subject may follow the stream now."""

    def replay(self, stream: str, after: int, limit: int) -> Replay:
        """One page of the stream: entries with number > after, oldest first, at most ``limit``.

        The head is the stream's last number, however far away; entries is None only if the log
        no longer has what follows ``after``. The gateway asks for page after page and decides
        by itself that a distance is too long.
        """

    def post_messages(self, batch: list[Posting]) -> list[Ack | None]:
        """One answer per posting; None: its conversation is locked, put it in the next batch.

        Raises nothing for a single bad item. An unknown outcome (the transaction's fate is not
        known) is an Ack refused/busy/retry.
        """

    def mark(self, marks: list[Marked]) -> None:
        """Store cumulative delivered and read marks (never backwards)."""

    def may_write(self, subject: Subject, conversation: str) -> bool:
        """Whether the subject takes part in the conversation (typing, marks)."""

    def save_draft(self, subject: Subject, conversation: str, body: str, note: bool) -> None:
        """Keep a staff member's draft; an empty body removes it."""

    def presence(self, subject: Subject, state: str, active: bool) -> None:
        """Store a staff member's availability; ``active``: a key or pointer moved lately."""

    def start_position(self) -> tuple[int, int]:
        """The log's end now: where the tail starts."""

    def tail(self, position: tuple[int, int], limit: int) -> Tailed:
        """What the log gained after ``position``, rendered per stream."""

    def wait_for_change(self, timeout_s: float) -> None:
        """Blocks until the log may have grown, at most ``timeout_s`` (called in its own thread).

        SQLite: ``PRAGMA data_version`` every 10 ms; PostgreSQL: LISTEN.
        """
