"""Somebody who left an address is told by mail that the answer has come."""

from __future__ import annotations

import email
from email.message import Message
from email.policy import default

import pytest
from django.core import mail
from django.utils.module_loading import autodiscover_modules

from bitp.desk.conversations.changes import leave_address, take
from bitp.desk.staff.models import Member
from bitp.events.jobs import work_once
from bitp.events.models import Job
from tests.people import make_member, make_visitor, say

# Outside effects run before the job's own transaction.
pytestmark = pytest.mark.django_db(transaction=True)


def told(alias: str) -> Message:
    """The mail a visitor gets when a member of this alias answered."""
    autodiscover_modules("jobs")
    carol = make_member("Carol")
    Member.objects.filter(pk=carol.pk).update(alias=alias)
    visitor = make_visitor()
    visitor.language = "en"
    visitor.save()
    reference = say(visitor, "help").reference
    leave_address(visitor, reference, "visitor@example.com")
    take(reference, carol)
    say(carol, "I am here", conversation=reference)
    Job.objects.filter(kind="conversations.tell_by_mail").update(due_us=0)
    while work_once():
        pass
    assert not Job.objects.filter(kind="conversations.tell_by_mail").exists()
    return email.message_from_bytes(mail.outbox[-1].message().as_bytes(), policy=default)


def test_a_visitor_is_told_who_answered() -> None:
    message = told("Carol")
    assert message["To"] == "visitor@example.com"
    assert message["Subject"].startswith("Carol has answered you")


@pytest.mark.parametrize(
    ("alias", "shown"),
    [
        ("Carol\r\nBcc: mallory@example.com", "Carol Bcc: mallory@example.com has answered"),
        ("\u202eloraC", "loraC has answered"),
        ("\u200b", "BitP has answered"),
    ],
)
def test_an_alias_from_before_the_form_looked_breaks_no_mail(alias: str, shown: str) -> None:
    message = told(alias)
    assert message["Subject"].strip().startswith(shown)
    assert message["Bcc"] is None
    body = message.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert body.startswith(shown)
    assert "\u202e" not in message.as_string()
