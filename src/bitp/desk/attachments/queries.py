"""Finding attachments, always starting from who may have them now."""

from __future__ import annotations

from django.db.models import QuerySet

from bitp.desk.attachments.errors import BeingChecked, NotThere
from bitp.desk.attachments.models import CHECKING, READY, Attachment
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.queries import for_member
from bitp.desk.staff.models import Member

AGENT, CONTACT = "agent", "contact"


def for_contact(contact: Contact, reference: str) -> Attachment:
    """The file, if it is the contact's own upload or was sent to them; raises NotThere.

    What is on a note is on no message of theirs.
    """
    rows = Attachment.objects.select_related("message").filter(contact=contact)
    found = rows.filter(reference=reference).first()
    if found is None or not _is_for_contact(found, contact):
        raise NotThere
    return found


def _is_for_contact(found: Attachment, contact: Contact) -> bool:
    if found.message is not None:
        return not found.message.is_note
    return found.uploader_kind == CONTACT and found.uploader == contact.pk


def of_member(member: Member, reference: str) -> Attachment:
    """The file, if the member may see its conversation; unsent ones only the own; or NotThere."""
    rows: QuerySet[Attachment] = Attachment.objects.filter(conversation__in=for_member(member))
    found = rows.filter(reference=reference).first()
    if found is None or not _is_for_member(found, member):
        raise NotThere
    return found


def _is_for_member(found: Attachment, member: Member) -> bool:
    if found.message_id is not None:
        return True
    return found.uploader_kind == AGENT and found.uploader == member.pk


def check_given(found: Attachment) -> None:
    """Raises unless its content may be given out: checked, and still there."""
    if found.state == CHECKING:
        raise BeingChecked
    if found.state != READY:
        raise NotThere
