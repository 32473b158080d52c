"""The demo's way out for mail: nothing leaves the machine, everything can be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import make_msgid

from bitp.demo.models import Letter


class MailboxBackend(BaseEmailBackend):
    """Keeps each mail as a letter; a repeated Message-ID is the same letter."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Stores the mails and returns how many were new."""
        kept = 0
        for mail in email_messages:
            kept += sum(self._keep(mail, to) for to in mail.recipients())
        return kept

    def _keep(self, mail: EmailMessage, to: str) -> bool:
        message_id = mail.extra_headers.get("Message-ID") or make_msgid()
        alternatives = getattr(mail, "alternatives", [])
        html = next((each[0] for each in alternatives if each[1] == "text/html"), "")
        _, is_new = Letter.objects.get_or_create(
            message_id=f"{message_id} {to}"[:300],
            defaults={
                "to": to,
                "subject": mail.subject[:300],
                "text": str(mail.body),
                "html": str(html),
            },
        )
        return is_new
