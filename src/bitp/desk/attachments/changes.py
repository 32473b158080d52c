"""Every write to attachments: one named action, one transaction, its fact with it."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from bitp.desk.attachments.models import CHECKING, ERASED, READY, REFUSED, Attachment
from bitp.desk.attachments.receiving import Received
from bitp.desk.attachments.storage import sealed_files
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.models import Conversation
from bitp.desk.staff.models import Member
from bitp.events import jobs
from bitp.events.log import SYSTEM, Envelope, Fact, append
from bitp.lib.canonical import new_salt, salted_digest
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token

# What was handed over and never sent is nobody's message.
UNSENT_US = 24 * 3600 * 1_000_000
# A held file is asked about again this soon; the job's own pauses grow from there.
CHECK_AGAIN_US = 5 * 1_000_000
CHECK, REMOVE = "attachments.check", "attachments.remove"


@dataclass(frozen=True, slots=True)
class Handed:
    """Who hands a file over, and where. conversation is none for a thread without messages."""

    contact: Contact
    uploader_kind: str
    uploader: int
    session: str
    conversation: Conversation | None = None
    thread: str = ""
    declared_type: str = ""


def add(received: Received, handed: Handed) -> Attachment:
    """Keeps the file as handed over; it waits for the message that names it."""
    row = _row(received, handed)
    with transaction.atomic():
        row.save()
        by = Envelope(_actor(row), str(row.uploader), handed.session)
        append([_fact("attachment.added", row, by, type=row.type, size_bytes=row.size_bytes)])
        # The one job for what is never sent: sending does not cancel it, it looks.
        jobs.put(REMOVE, f"unsent:{row.reference}", _ids(row), row.created_us + UNSENT_US)
        if row.state == CHECKING:
            jobs.put(CHECK, f"check:{row.reference}", _ids(row), row.created_us + CHECK_AGAIN_US)
    return row


def _row(received: Received, handed: Handed) -> Attachment:
    thumbnail = received.thumbnail
    moment_us = now_us()
    return Attachment(
        reference=new_token(),
        contact=handed.contact,
        conversation=handed.conversation,
        thread=handed.thread,
        uploader_kind=handed.uploader_kind,
        uploader=handed.uploader,
        name=received.name,
        declared_type=handed.declared_type,
        type=received.type,
        size_bytes=received.file.size_bytes,
        sha256=received.sha256,
        salt=new_salt(),
        width=received.width,
        height=received.height,
        file=received.file.name,
        key=received.file.key,
        thumbnail_file=thumbnail.name if thumbnail else "",
        thumbnail_key=thumbnail.key if thumbnail else "",
        state=received.state,
        created_us=moment_us,
        changed_us=moment_us,
    )


def refuse(contact: Contact, kind: str, uploader: int, session: str, code: str) -> None:
    """Writes down that a harmful file was not taken; nothing of it is kept."""
    with transaction.atomic():
        facts = {"contact": contact.reference, "reason": code}
        append([Fact("attachment.refused", facts, (), Envelope(kind, str(uploader), session))])


def set_checked(reference: str, harm: str) -> None:
    """The check came to a held file: it may be had from now on, or it is erased."""
    with transaction.atomic():
        row = _lock(reference)
        if row is None or row.state != CHECKING:
            return
        if harm:
            _forget(row, REFUSED, "harmful")
        else:
            row.state = READY
            row.changed_us = now_us()
            row.save(update_fields=["state", "changed_us"])
        append([_changed(row)])


def erase(reference: str, by: Envelope = SYSTEM) -> None:
    """Its content and keys are gone for good; the message keeps its place."""
    with transaction.atomic():
        row = _lock(reference)
        if row is None or row.state == ERASED:
            return
        _forget(row, ERASED, "erased")
        row.name = row.declared_type = row.sha256 = row.salt = ""
        row.save(update_fields=["name", "declared_type", "sha256", "salt"])
        append([_changed(row, by)])


def remove_unsent(reference: str) -> None:
    """Nobody sent it within a day: it is gone, row and content."""
    with transaction.atomic():
        row = _lock(reference)
        if row is None or row.message_id is not None:
            return
        append([_fact("attachment.removed", row, SYSTEM, reason="unsent")])
        files = (row.file, row.thumbnail_file)
        row.delete()
        transaction.on_commit(lambda: _remove(files))


def discard(row: Attachment, session: str) -> None:
    """Whoever handed it over took it back before it was sent."""
    with transaction.atomic():
        locked = _lock(row.reference)
        if locked is None or locked.message_id is not None:
            return
        by = Envelope(_actor(locked), str(locked.uploader), session)
        append([_fact("attachment.removed", locked, by, reason="discarded")])
        jobs.cancel(f"unsent:{locked.reference}")
        jobs.cancel(f"check:{locked.reference}")
        files = (locked.file, locked.thumbnail_file)
        locked.delete()
        transaction.on_commit(lambda: _remove(files))


def record_opened(row: Attachment, member: Member, session: str) -> None:
    """A member of the staff opened the file: part of who looked at what."""
    with transaction.atomic():
        append([_fact("attachment.opened", row, Envelope("staff", str(member.pk), session))])


def rewrap(row: Attachment) -> None:
    """The file's keys under the current master key, so that the old one may be forgotten."""
    keys = sealed_files().keys
    with transaction.atomic():
        locked = _lock(row.reference)
        if locked is None or not locked.key:
            return
        locked.key = keys.rewrap(locked.key, locked.file)
        if locked.thumbnail_key:
            locked.thumbnail_key = keys.rewrap(locked.thumbnail_key, locked.thumbnail_file)
        locked.save(update_fields=["key", "thumbnail_key"])


def _lock(reference: str) -> Attachment | None:
    rows = Attachment.objects.select_for_update(of=("self",)).select_related(
        "message", "conversation", "contact"
    )
    return rows.filter(reference=reference).first()


def _forget(row: Attachment, state: str, reason: str) -> None:
    """Without its keys the content is gone, whatever copies there are."""
    files = (row.file, row.thumbnail_file)
    row.state, row.reason, row.changed_us = state, reason, now_us()
    row.file = row.key = row.thumbnail_file = row.thumbnail_key = ""
    row.save(
        update_fields=[
            "state", "reason", "changed_us", "file", "key", "thumbnail_file", "thumbnail_key",
        ]
    )  # fmt: skip
    transaction.on_commit(lambda: _remove(files))


def _remove(files: tuple[str, ...]) -> None:
    store = sealed_files()
    for name in files:
        store.remove(name)


def _actor(row: Attachment) -> str:
    return "staff" if row.uploader_kind == "agent" else row.uploader_kind


def _ids(row: Attachment) -> dict[str, str]:
    return {"attachment": row.reference}


def _fact(kind: str, row: Attachment, by: Envelope, **more: str | int) -> Fact:
    digest = salted_digest(row.salt, row.sha256) if row.salt else ""
    return Fact(kind, {"attachment": row.reference, **more}, (), by, digest=digest)


def _changed(row: Attachment, by: Envelope = SYSTEM) -> Fact:
    """To everybody who sees the message; a file that was not sent yet is nobody's to see."""
    data = {"attachment": row.reference, "state": row.state, "reason": row.reason}
    if row.message is None or row.conversation is None:
        return Fact("attachment.changed", data, (), by)
    name = f"conversation/{row.conversation.reference}"
    both = (f"{name}/customer", f"{name}/staff")
    data |= {"conversation": row.conversation.reference, "number": row.message.number}  # type: ignore[dict-item]
    streams = both[1:] if row.message.is_note else both
    return Fact("attachment.changed", data, streams, by)


def limit_per_message() -> int:
    """How many files one message may carry."""
    return min(settings.ATTACHMENTS_PER_MESSAGE, PER_MESSAGE_MAX)


# The protocol's own limit; a setting may only lower it.
PER_MESSAGE_MAX = 20
