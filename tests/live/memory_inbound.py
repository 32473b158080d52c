"""An Inbound that keeps its log in memory: every promise of the protocol, without a database.

What a real one can suffer is a switch here: a locked conversation, a database that does not
answer, a commit whose outcome nobody learns, a log that was pruned.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bitp.lib.clock import now_us
from bitp.lib.ids import new_reference
from bitp.lib.signing import BadToken, Signer
from bitp.live.inbound import (
    Entry,
    Marked,
    Posting,
    Refused,
    Replay,
    Revocation,
    Subject,
    Tailed,
)
from bitp.live.protocol import Ack


class DatabaseAway(Exception):
    """As a database driver raises it."""


@dataclass
class Conversation:
    """One thread with one customer."""

    customer: str
    number: int = 0
    is_closed: bool = False


@dataclass
class Switches:
    """What goes wrong now. ``gate`` closed: a commit waits; the others as named."""

    gate: threading.Event = field(default_factory=threading.Event)
    locked: set[str] = field(default_factory=set)
    is_away: bool = False
    loses_outcome: bool = False
    commit_s: float = 0.0


class MemoryInbound:
    """Conversations of customers named by their key; staff may follow them all."""

    def __init__(self, key: str = "a key of the tests that is long enough") -> None:
        self.switches = Switches()
        self.switches.gate.set()
        self.conversations: dict[str, Conversation] = {}
        self.streams: dict[str, list[Entry]] = {}
        self.floors: dict[str, int] = {}
        self.log: list[tuple[list[Entry], list[Revocation]]] = []
        self.marks: list[Marked] = []
        self.drafts: dict[tuple[str, str, bool], str] = {}
        self.availability: list[tuple[str, str, bool]] = []
        self.calls: dict[str, int] = {}
        self.batches: list[int] = []
        self._answers: dict[tuple[str, str], tuple[str, Ack]] = {}
        self._threads: dict[tuple[str, str], str] = {}
        self._ended: set[str] = set()
        self._changed = threading.Condition()
        self._tickets = Signer(key, "ticket")
        self._tokens = Signer(key, "resume")
        # Called inside replay, after it read: where a race would strike.
        self.after_replay: Callable[[str], None] = lambda _stream: None

    # --- made by the site

    def ticket(self, key: str, name: str = "", session: str = "s", streams: list[str] = ()) -> str:  # type: ignore[assignment]
        """A fresh ticket for "contact:<id>" or "staff:<id>"."""
        facts = {"key": key, "name": name or key, "session": session, "streams": list(streams)}
        return self._tickets.sign(facts, 60)

    def open_conversation(self, customer: str) -> str:
        """A new conversation; returns its reference."""
        reference = new_reference()
        self.conversations[reference] = Conversation(customer)
        return reference

    def revoke(self, subject: str = "", session: str = "") -> None:
        """End a session, or everything of a subject."""
        with self._changed:
            if session:
                self._ended.add(session)
            self.log.append(([], [Revocation(subject, session)]))
            self._changed.notify_all()

    def append(self, stream: str, kind: str = "fact", **data: Any) -> Entry:
        """Append one entry to one stream, as any other process would."""
        with self._changed:
            entry = self._enter(stream, kind, data)
            self.log.append(([entry], []))
            self._changed.notify_all()
        return entry

    def prune(self, stream: str, upto: int) -> None:
        """Forget entries up to a number."""
        self.floors[stream] = upto

    # --- Inbound

    def open(self, ticket: str) -> Subject:
        return self._subject(self._tickets, ticket, "open")

    def resume(self, token: str) -> Subject:
        return self._subject(self._tokens, token, "resume")

    def resume_token(self, subject: Subject) -> str:
        facts = {
            "key": subject.key,
            "name": subject.name,
            "session": subject.session,
            "streams": list(subject.streams),
        }
        return self._tokens.sign(facts, 24 * 3600)

    def may_subscribe(self, subject: Subject, stream: str) -> bool:
        self._count("may_subscribe")
        if stream in subject.streams:
            return True
        parts = stream.split("/")
        if len(parts) != 3 or parts[0] != "conversation" or parts[1] not in self.conversations:
            return False
        if subject.kind == "staff":
            return parts[2] == "staff"
        return parts[2] == "customer" and self.conversations[parts[1]].customer == subject.key

    def may_write(self, subject: Subject, conversation: str) -> bool:
        self._count("may_write")
        found = self.conversations.get(conversation)
        return found is not None and (subject.kind == "staff" or found.customer == subject.key)

    def replay(self, stream: str, after: int, limit: int) -> Replay:
        self._count("replay")
        with self._changed:
            entries = self.streams.get(stream, [])
            head, floor = len(entries), self.floors.get(stream, 0)
            found = None if after < floor else entries[after : after + limit]
        self.after_replay(stream)
        return Replay(head, found)

    def post_messages(self, batch: list[Posting]) -> list[Ack | None]:
        self._count("post_messages")
        self.switches.gate.wait(20)
        with self._changed:
            self.batches.append(len(batch))
            written: list[Entry] = []
            acks = [self._post(posting, written) for posting in batch]
            if self.switches.commit_s:
                time.sleep(self.switches.commit_s)
            if written:
                self.log.append((written, []))
                self._changed.notify_all()
        if self.switches.loses_outcome:
            raise DatabaseAway
        return acks

    def mark(self, marks: list[Marked]) -> None:
        self._count("mark")
        self.marks += marks

    def save_draft(self, subject: Subject, conversation: str, body: str, note: bool) -> None:
        self._count("save_draft")
        self.drafts[subject.key, conversation, note] = body

    def presence(self, subject: Subject, state: str, active: bool) -> None:
        self._count("presence")
        self.availability.append((subject.key, state, active))

    def start_position(self) -> tuple[int, int]:
        self._count("start_position")
        return (0, len(self.log))

    def tail(self, position: tuple[int, int], limit: int) -> Tailed:
        self._count("tail")
        with self._changed:
            gained = self.log[position[1] : position[1] + limit]
            end = position[1] + len(gained)
            more = end < len(self.log)
        entries = [entry for written, _ in gained for entry in written]
        revocations = [each for _, revoked in gained for each in revoked]
        return Tailed(entries, revocations, (0, end), more)

    def wait_for_change(self, timeout_s: float) -> None:
        with self._changed:
            seen = len(self.log)
            self._changed.wait_for(lambda: len(self.log) > seen, min(timeout_s, 0.05))

    # --- inside

    def _count(self, name: str) -> None:
        self.calls[name] = self.calls.get(name, 0) + 1
        if self.switches.is_away:
            raise DatabaseAway

    def _subject(self, signer: Signer, token: str, name: str) -> Subject:
        self._count(name)
        try:
            facts = signer.read(token)
        except BadToken as error:
            raise Refused(4401) from error
        if facts["session"] in self._ended:
            raise Refused(4403)
        kind = "staff" if facts["key"].startswith("staff:") else "customer"
        return Subject(
            facts["key"], kind, facts["session"], facts["name"], streams=tuple(facts["streams"])
        )

    def _post(self, posting: Posting, written: list[Entry]) -> Ack | None:
        send, subject = posting.send, posting.subject
        known = self._answers.get((subject.key, send.cid))
        if known is not None:
            body, ack = known
            same = body == send.body
            return Ack(
                send.cid,
                "duplicate" if same else "conflict",
                ack.conversation,
                number=ack.number,
                text=ack.text,
            )
        reference = send.conversation or self._threads.get((subject.key, send.thread), "")
        if reference in self.switches.locked:
            return None
        refusal = self._refusal(posting, reference)
        if refusal:
            return Ack(send.cid, "refused", code=refusal)
        ack = self._write(posting, reference, written)
        self._answers[subject.key, send.cid] = (send.body, ack)
        return ack

    def _refusal(self, posting: Posting, reference: str) -> str:
        if not posting.send.body.strip():
            return "empty"
        if "\x00" in posting.send.body:
            return "blocked_text"
        if reference and not self.may_write(posting.subject, reference):
            return "not_found"
        if not reference and (not posting.send.thread or posting.subject.kind == "staff"):
            return "not_found"
        return "closed" if reference and self.conversations[reference].is_closed else ""

    def _write(self, posting: Posting, reference: str, written: list[Entry]) -> Ack:
        send, subject = posting.send, posting.subject
        if not reference:
            reference = self.open_conversation(subject.key)
            self._threads[subject.key, send.thread] = reference
        conversation = self.conversations[reference]
        conversation.number += 1
        facts = {
            "number": conversation.number,
            "by": subject.key,
            "text": send.body,
            "cid": send.cid,
        }
        if not (send.note and subject.kind == "staff"):
            written.append(self._enter(f"conversation/{reference}/customer", "message", facts))
        written.append(self._enter(f"conversation/{reference}/staff", "message", facts))
        return Ack(
            send.cid,
            "accepted",
            conversation=reference,
            thread=send.thread,
            number=conversation.number,
            at_us=posting.received_us,
            text=send.body,
        )

    def _enter(self, stream: str, kind: str, data: dict[str, Any]) -> Entry:
        entries = self.streams.setdefault(stream, [])
        entry = Entry(stream, len(entries) + 1, kind, now_us(), data)
        entries.append(entry)
        return entry
