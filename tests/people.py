"""The people of the tests: Alice and Bob trade, Carol answers, Dave supervises, Erin operates."""

from __future__ import annotations

from bitp.desk.channels.changes import site_inbox
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.posting.post import Outcome, Post
from bitp.desk.staff.models import Member
from bitp.identity.models import CUSTOMER, STAFF, User
from bitp.lib.clock import now_us
from bitp.lib.ids import new_token


def make_customer(name: str) -> Contact:
    """A customer who signs in, as the desk's contact."""
    user = User.objects.create_user(
        f"{name.lower()}@example.com", kind=CUSTOMER, name=name, language="en"
    )
    return Contact.objects.create(
        reference=new_token(), name=name, language="en", platform="bitp", customer=str(user.pk)
    )


def make_visitor(name: str = "") -> Contact:
    """Somebody who did not sign in."""
    return Contact.objects.create(reference=new_token(), name=name, language="zh-hans")


def make_member(name: str, role: str = "agent") -> Member:
    """A member of staff."""
    user = User.objects.create_user(
        f"{name.lower()}@staff.example.com", kind=STAFF, name=name, language="en"
    )
    return Member.objects.create(user=user, alias=name, role=role)


def post_of(
    author: Contact | Member,
    text: str,
    *,
    conversation: str = "",
    thread: str = "thread",
    cid: str = "",
    note: bool = False,
    at_us: int = 0,
) -> Post:
    """A post by a contact or a member, as a channel's receiver makes it."""
    contact = author if isinstance(author, Contact) else None
    is_customer = contact is not None and bool(contact.customer)
    return Post(
        author_kind="contact" if contact else "agent",
        author=author.pk,
        external_id=f"{'c' if contact else 's'}{author.pk}:{cid or new_token()}",
        text=text,
        received_us=at_us or now_us(),
        conversation=conversation,
        thread="" if conversation else thread,
        contact=author.pk if contact else 0,
        inbox=site_inbox().pk,
        language=contact.language if contact else "",
        is_note=note,
        evidence='{"kind":"session"}' if is_customer else "{}",
        level=2 if is_customer else 0,
    )


def say(author: Contact | Member, text: str, **how: object) -> Outcome:
    """Posts one message and returns its outcome."""
    return outcomes_of([post_of(author, text, **how)])[0]  # type: ignore[arg-type]
