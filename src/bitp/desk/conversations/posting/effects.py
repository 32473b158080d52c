"""What a stored message brings about: the conversation moves, facts, routes, jobs."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import DatabaseError, DataError, IntegrityError

from bitp.desk.conversations.models import OPEN, RESOLVED, WAITING
from bitp.desk.conversations.posting import rows, signs
from bitp.desk.conversations.posting.post import Post, Prepared, Target
from bitp.desk.routing.queries import count_available
from bitp.events import jobs
from bitp.events.log import Fact, append
from bitp.lib.canonical import canonical_json, salted_digest

# A person who left may come back to the page; only then is a mail written (microseconds).
TELL_BY_MAIL_AFTER_US = 2 * 60 * 1_000_000
# These findings mean that somebody could take the customer's funds.
DANGEROUS = frozenset({"seed_phrase", "private_key"})

Stored = Sequence[tuple[Target, int, Prepared]]


def move(target: Target, post: Post) -> None:
    """The conversation after this message: whose turn it is, and since when anyone waits.

    A contact's message makes it open (a resolved one reopens), a reply makes it wait on the
    customer. A note and a system message move nothing.
    """
    target.last_us = max(target.last_us, post.received_us)
    if post.author_kind == "contact":
        _move_by_contact(target, post)
    elif post.author_kind == "agent" and not post.is_note:
        target.last_agent_number = target.last_number
        if target.status != RESOLVED:
            target.status = WAITING
        if target.waiting_since_us:
            target.waits.append((target.waiting_since_us, post.received_us))
            target.waiting_since_us = 0


def _move_by_contact(target: Target, post: Post) -> None:
    target.last_contact_number = target.last_number
    target.level = post.level
    if target.status == RESOLVED:
        target.was = RESOLVED
    target.status = OPEN
    if not target.waiting_since_us:
        target.waiting_since_us = post.received_us
        if target.assignee is None:
            target.is_new_in_queue = True


def safety_reply(target: Target, item: Prepared) -> Prepared | None:
    """A removed seed phrase or key is answered at once with what to do."""
    if item.post.author_kind != "contact":
        return None
    if not any(kind in DANGEROUS for kind, _, _ in item.findings):
        return None
    post = Post(
        author_kind="system",
        author=0,
        external_id=f"safety:{target.reference}:{target.last_number}",
        text="",
        received_us=item.post.received_us,
        kind="system",
        parts=canonical_json({"code": "safety_reply"}),
    )
    return Prepared(post, "", salt=item.salt)


def write_consequences(stored: Stored, ids: Sequence[int]) -> None:
    """Facts, delivery routes, finished waits and the promise to tell by mail."""
    facts = [
        fact
        for (target, number, item), pk in zip(stored, ids, strict=True)
        for fact in _facts(target, number, item, pk)
    ]
    append(facts + _moved(stored))
    replies = [
        pk
        for (_, _, item), pk in zip(stored, ids, strict=True)
        if item.post.author_kind == "agent" and not item.post.is_note
    ]
    if replies:
        _write_replies(stored, replies)


def _write_replies(stored: Stored, replies: list[int]) -> None:
    last_us = stored[-1][2].post.received_us
    rows.insert_deliveries(replies, "chat", last_us)
    targets = {target.pk: target for target, _, _ in stored}.values()
    waits = [(t.pk, t.topic, t.language, t.queue, *wait) for t in targets for wait in t.waits]
    if waits:
        rows.insert_waits(waits, max(1, count_available()))
    for target in targets:
        if target.last_agent_number > target.last_contact_number:
            jobs.put(
                "conversations.tell_by_mail",
                f"tell:{target.reference}:{target.last_contact_number}",
                {"conversation": target.reference, "after": target.last_contact_number},
                last_us + TELL_BY_MAIL_AFTER_US,
            )


def _facts(target: Target, number: int, item: Prepared, pk: int) -> list[Fact]:
    facts = [_posted(target, number, item, pk)]
    if item.findings:
        facts.append(_secret_removed(target, number, item))
    return [*facts, *signs.facts(target, number, item)]


def _posted(target: Target, number: int, item: Prepared, pk: int) -> Fact:
    post = item.post
    both = (target.customer_stream, target.staff_stream)
    return Fact(
        "message.posted",
        {
            "conversation": target.reference,
            "kind": post.kind,
            "level": post.level,
            "message": pk,
            "note": post.is_note,
            "number": number,
            **({"attachments": list(post.attachments)} if post.attachments else {}),
        },
        (target.staff_stream,) if post.is_note else both,
        post.envelope,
        digest=salted_digest(item.salt, item.text),
        idempotency_key=post.external_id,
        at_us=post.received_us,
    )


def _secret_removed(target: Target, number: int, item: Prepared) -> Fact:
    found = [{"kind": k, "length": n, "fingerprint": f} for k, n, f in item.findings]
    facts = {"conversation": target.reference, "number": number, "found": found}
    return Fact("message.secret_removed", facts, (target.staff_stream,), item.post.envelope)


def _moved(stored: Stored) -> list[Fact]:
    """Facts of conversations that reopened, came into the queue or left it by an answer."""
    facts: list[Fact] = []
    for target in {target.pk: target for target, _, _ in stored}.values():
        name = {"conversation": target.reference}
        if target.was == RESOLVED:
            streams = (target.customer_stream, target.staff_stream)
            changed = {**name, "status": OPEN, "was": RESOLVED}
            facts.append(Fact("conversation.changed", changed, streams))
        if target.is_new_in_queue:
            facts.append(Fact("queue.entered", name, (target.queue_stream,)))
        elif target.waits and target.assignee is None:
            facts.append(Fact("queue.left", {**name, "why": "answered"}, (target.queue_stream,)))
    return facts


def may_pass_later(error: DatabaseError) -> bool:
    """Whether the same item may be stored later: not when its content is what fails."""
    return not isinstance(error, DataError | IntegrityError)
