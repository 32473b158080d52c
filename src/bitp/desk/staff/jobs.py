"""Work the staff's part puts off: the invitation's mail, the look at an idle session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation

from bitp.desk.staff import idle
from bitp.desk.staff.invitations import LIFETIME_DAYS, link_to
from bitp.desk.staff.queries import open_invitations
from bitp.events.jobs import handles
from bitp.lib.text import one_line

LANGUAGES = ("zh-hans", "en")


def send_invitation(ids: dict[str, Any], key: str) -> dict[str, Any]:
    """Sends the mail, in both languages: nobody knows yet which one the person reads."""
    invitation = open_invitations().filter(pk=ids["invitation"]).first()
    if invitation is None:
        return {}
    facts = {"link": link_to(invitation), "days": LIFETIME_DAYS, "role": invitation.role}
    EmailMessage(
        subject=one_line(" · ".join(_both("staff/mail/invitation_subject.txt", facts))),
        body="\n\n————\n\n".join(_both("staff/mail/invitation.txt", facts)) + "\n",
        to=[invitation.email],
        headers={"Message-ID": f"<{key.replace(':', '.')}@{urlsplit(settings.ORIGIN).hostname}>"},
    ).send()
    return {}


@handles("staff.invitation_mail", outside=send_invitation)
def invitation_sent(ids: dict[str, Any], key: str) -> None:
    """The mail is on its way: nothing is left to do."""


@handles(idle.JOB)
def look_at_session(ids: dict[str, Any], key: str) -> None:  # noqa: ARG001
    """Locks an idle session, or looks again later."""
    idle.look(ids["session"])


def _both(template: str, facts: dict[str, Any]) -> list[str]:
    texts = []
    for language in LANGUAGES:
        with translation.override(language):
            texts.append(render_to_string(template, facts).strip())
    return texts
