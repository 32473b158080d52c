"""Posting a batch: one transaction, one outcome per item, nothing acknowledged unstored."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from time import monotonic

from django.db import DatabaseError, transaction

from bitp.desk.conversations.posting import effects, files, opening, rows, signs
from bitp.desk.conversations.posting.post import (
    ACCEPTED,
    CONFLICT,
    REFUSED,
    Outcome,
    Post,
    Prepared,
    Target,
)
from bitp.desk.conversations.posting.steps import prepare
from bitp.desk.search.index import Entry, add_to_index
from bitp.desk.search.tokens import tokens_of

log = logging.getLogger(__name__)

# A race with another writer is over at the second attempt; content that fails, fails again.
ATTEMPTS_ALONE = 2

# When trying has taken this long, the database is the trouble and no item is: senders are told.
PATIENCE_S = 3.0

BUSY = Outcome(REFUSED, code="busy", retry=True)


def post_messages(posts: Sequence[Post]) -> list[Outcome | None]:
    """Stores the posts; one outcome each, in order. None: locked, ask again in the next batch.

    If the batch's transaction fails, every item is tried alone, so that a poisoned one refuses
    itself only. An item whose fate is unknown is refused with code busy and ``retry``: sent
    again under the same id it is stored once.
    """
    items = [prepare(post) for post in posts]
    until = monotonic() + PATIENCE_S
    try:
        return _post(items)
    except DatabaseError as error:
        log.warning("a batch of %d failed: %s", len(items), type(error).__name__)
    return _post_each(items, until)


def _post_each(items: Sequence[Prepared], until: float) -> list[Outcome | None]:
    """Item after item; behind one that has to wait, the rest of its conversation waits too."""
    stuck: dict[str, Outcome | None] = {}
    outcomes = []
    for item in items:
        place = item.post.conversation or f"{item.post.contact}/{item.post.thread}"
        if item.refusal:
            outcome: Outcome | None = Outcome(REFUSED, code=item.refusal)
        elif place in stuck:
            outcome = stuck[place]
        else:
            outcome = _post_alone(item) if monotonic() < until else BUSY
        if outcome in {None, BUSY}:
            stuck[place] = outcome
        outcomes.append(outcome)
    return outcomes


def _post_alone(item: Prepared) -> Outcome | None:
    """One item; tried again, because two writers may have opened the same thread at once."""
    outcome: Outcome | None = BUSY
    for _ in range(ATTEMPTS_ALONE):
        try:
            return _post([item])[0]
        except transaction.TransactionManagementError:
            raise
        except DatabaseError as error:
            log.warning("an item failed: %s", type(error).__name__)
            passes_later = effects.may_pass_later(error)
            outcome = BUSY if passes_later else Outcome(REFUSED, code="blocked_text")
    return outcome


def _post(items: Sequence[Prepared]) -> list[Outcome | None]:
    batch = Batch(items)
    with transaction.atomic():
        batch.check_files()
        batch.find_targets()
        batch.drop_repeated()
        batch.number()
        batch.write()
    return batch.outcomes


class Batch:
    """The items of one transaction on their way to their outcomes."""

    def __init__(self, items: Sequence[Prepared]) -> None:
        self.items = items
        self.outcomes: list[Outcome | None] = [
            Outcome(REFUSED, code=item.refusal) if item.refusal else None for item in items
        ]
        self.targets: dict[str, Target] = {}
        # Index of the item → its conversation; items without one wait or were answered.
        self.target_of: dict[int, Target] = {}
        self.accepted: list[tuple[int, Target, int, Prepared]] = []
        # For the index, made before the transaction begins.
        self.words = [tokens_of(item.text) if not item.refusal else "" for item in items]

    def waiting(self) -> list[int]:
        """Indices of the items that have no outcome yet."""
        return [index for index, outcome in enumerate(self.outcomes) if outcome is None]

    def check_files(self) -> None:
        """Refuses what names a file it may not send, before a conversation is opened for it."""
        for index in files.find_unusable({i: self.items[i].post for i in self.waiting()}):
            self.outcomes[index] = Outcome(REFUSED, code=files.UNUSABLE)

    def find_targets(self) -> None:
        """Locks the conversations, opens new ones, refuses what has no right to write."""
        wanted = {i: self.items[i].post for i in self.waiting()}
        threads = {(post.contact, post.thread) for post in wanted.values() if not post.conversation}
        known = rows.reference_of_threads(threads)
        reference_of = {
            i: post.conversation or known.get((post.contact, post.thread), "")
            for i, post in wanted.items()
        }
        self.targets = rows.lock_targets(sorted({r for r in reference_of.values() if r}))
        missing = [r for r in set(reference_of.values()) if r and r not in self.targets]
        locked = rows.existing(missing)
        for index, reference in reference_of.items():
            self._place(index, reference, locked)

    def _place(self, index: int, reference: str, locked: set[str]) -> None:
        post = self.items[index].post
        target = self.targets.get(reference)
        if target is None and not reference:
            target = self._open(self.items[index])
        if target is not None and _may_write(post, target):
            self.target_of[index] = target
        elif reference not in locked or target is not None:
            self.outcomes[index] = Outcome(REFUSED, code="not_found")

    def _open(self, item: Prepared) -> Target | None:
        """The new conversation of this post, shared by the batch's posts of the same thread."""
        post = item.post
        if not (post.contact and post.thread and post.author_kind == "contact"):
            return None
        for target in self.targets.values():
            if (target.contact, target.thread) == (post.contact, post.thread):
                return target
        target = opening.open_conversation(item)
        self.targets[target.reference] = target
        return target

    def drop_repeated(self) -> None:
        """Answers what was sent before, in an earlier batch or in this one."""
        keys = {i: (t.inbox, self.items[i].post.external_id) for i, t in self.target_of.items()}
        before = rows.stored_before([k for i, k in keys.items() if not self.target_of[i].is_new])
        first: dict[tuple[int, str], int] = {}
        for index in sorted(keys):
            key = keys[index]
            if key in before:
                digest, outcome = before[key]
                same = digest == self.items[index].sent_digest
                self._answer(index, outcome if same else _conflict(outcome))
            elif key in first:
                # Its twin is stored by this transaction: the next batch will answer it.
                del self.target_of[index]
            else:
                first[key] = index

    def _answer(self, index: int, outcome: Outcome) -> None:
        self.outcomes[index] = outcome
        del self.target_of[index]

    def number(self) -> None:
        """Gives each item its number in its conversation, in the order of the batch."""
        for index in sorted(self.target_of):
            target, item = self.target_of[index], self.items[index]
            target.last_number += 1
            self.accepted.append((index, target, target.last_number, item))
            effects.move(target, item.post)
            for line in (effects.safety_reply(target, item), *signs.heed(target, item)):
                if line is not None:
                    target.last_number += 1
                    self.accepted.append((-1, target, target.last_number, line))

    def write(self) -> None:
        """Writes messages, conversations, deliveries and facts, all in this transaction."""
        if not self.accepted:
            return
        stored = [(target, number, item) for _, target, number, item in self.accepted]
        ids = rows.insert_messages(stored)
        rows.update_targets({t.pk: t for t, _, _ in stored}.values())
        files.bind(stored, ids)
        effects.write_consequences(stored, ids)
        add_to_index(self._entries(ids))
        for place, target, number, item in self.accepted:
            if place >= 0:
                self.outcomes[place] = Outcome(
                    ACCEPTED, target.reference, number, item.text, item.post.received_us
                )

    def _entries(self, ids: Sequence[int]) -> list[Entry]:
        """What the index gets of the accepted items; system messages have no text."""
        return [
            Entry(
                pk,
                target.pk,
                target.reference,
                number,
                item.post.is_note,
                item.post.received_us,
                self.words[place],
            )
            for (place, target, number, item), pk in zip(self.accepted, ids, strict=True)
            if item.post.kind != "system"
        ]


def _may_write(post: Post, target: Target) -> bool:
    """A contact writes to own conversations only; staff were checked when they came in."""
    return post.author_kind != "contact" or post.author == target.contact


def _conflict(outcome: Outcome) -> Outcome:
    """The id was used for another text; what was stored under it is not repeated."""
    return Outcome(CONFLICT, outcome.reference, outcome.number)
