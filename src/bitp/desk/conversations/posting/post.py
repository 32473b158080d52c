"""What goes into posting, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, field

from bitp.events.log import Envelope
from bitp.lib.canonical import canonical_json

ACCEPTED = "accepted"
DUPLICATE = "duplicate"
CONFLICT = "conflict"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Post:
    """One thing somebody says.

    author_kind: "contact" | "agent" | "system", author: the contact's or member's id;
    external_id: the sender's own id, unique per inbox; conversation: a reference, or empty with
    ``thread`` for a new one of ``contact`` in ``inbox``; evidence (canonical JSON) and level:
    what was proven when it was received; received_us: microseconds; attachments: references of
    files handed over before, with kind "file" and file_parts() of them.
    """

    author_kind: str
    author: int
    external_id: str
    text: str
    received_us: int
    conversation: str = ""
    thread: str = ""
    contact: int = 0
    inbox: int = 0
    identity: int | None = None
    session: str = ""
    kind: str = "text"
    parts: str = ""
    is_note: bool = False
    topic: str = ""
    language: str = ""
    about: tuple[tuple[str, str], ...] = ()
    evidence: str = "{}"
    level: int = 0
    attachments: tuple[str, ...] = ()

    @property
    def envelope(self) -> Envelope:
        """Who says it, for the record."""
        kind = "staff" if self.author_kind == "agent" else self.author_kind
        by = str(self.author) if self.author else ""
        return Envelope(kind, by, self.session, evidence=self.evidence)


def file_parts(attachments: tuple[str, ...]) -> str:
    """The parts of a message that carries these files."""
    return canonical_json({"files": list(attachments)})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post; text as stored. ``code`` and ``retry`` with refused."""

    result: str
    reference: str = ""
    number: int = 0
    text: str = ""
    at_us: int = 0
    code: str = ""
    retry: bool = False


@dataclass(slots=True)
class Prepared:
    """A post after the steps: text without secrets, and what the steps found.

    findings: (kind, length, fingerprint) of each secret removed; refusal: a code, or empty.
    wants_human, tells_takeover: what a contact's words say, wherever they stand.
    """

    post: Post
    text: str
    sent_digest: str = ""
    refusal: str = ""
    findings: tuple[tuple[str, int, str], ...] = ()
    salt: str = ""
    wants_human: bool = False
    tells_takeover: bool = False


@dataclass(slots=True)
class Target:
    """A conversation as posting needs it, locked; changed in memory, written once."""

    pk: int
    reference: str
    contact: int
    inbox: int
    thread: str
    status: str
    assignee: int | None
    last_number: int
    last_contact_number: int
    last_agent_number: int
    waiting_since_us: int
    level: int
    last_us: int
    topic: str
    language: str
    queue: str = "main"
    urgent_since_us: int = 0
    is_new: bool = False
    is_new_in_queue: bool = False
    was: str = ""
    waits: list[tuple[int, int]] = field(default_factory=list)
    # (inbox, external id) of the lines this batch adds by itself.
    lines: set[tuple[int, str]] = field(default_factory=set)

    @property
    def customer_stream(self) -> str:
        """The stream the contact follows: never a note."""
        return f"conversation/{self.reference}/customer"

    @property
    def staff_stream(self) -> str:
        """The stream staff follow: everything."""
        return f"conversation/{self.reference}/staff"

    @property
    def queue_stream(self) -> str:
        """The stream of the queue it waits in, if it does."""
        return f"queue/{self.queue}"
