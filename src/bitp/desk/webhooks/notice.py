"""The operators are told by mail when a webhook was paused by itself."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from bitp.desk.staff.models import OPERATOR, Member
from bitp.desk.webhooks.models import Webhook
from bitp.events import jobs

# An installation has a handful; a mistake must not become a mailing.
TOLD_MAX = 20


def put_notice(webhook: Webhook, why: str) -> None:
    """A mail to each operator; call it inside the transaction of the pause."""
    operators = Member.objects.filter(role=OPERATOR, user__is_active=True).order_by("pk")
    mails = {
        f"webhook:{webhook.pk}:paused:{webhook.failing_since_us}:{member.pk}": {
            "webhook": webhook.pk,
            "member": member.pk,
            "why": why,
        }
        for member in operators[:TOLD_MAX]
    }
    jobs.put_all("webhooks.tell_paused", mails)


def _tell(ids: dict[str, Any], key: str) -> dict[str, Any]:
    member = Member.objects.select_related("user").get(pk=ids["member"])
    webhook = Webhook.objects.filter(pk=ids["webhook"]).first()
    if webhook is not None and member.user.is_active:
        with translation.override(member.user.language):
            _mail(webhook, member, ids["why"], key).send()
    return {}


@jobs.handles("webhooks.tell_paused", outside=_tell)
def tell_paused(_ids: dict[str, Any], _key: str) -> None:
    """Nothing more to write."""


def _mail(webhook: Webhook, member: Member, why: str, key: str) -> EmailMessage:
    page = settings.ORIGIN + reverse("webhooks:webhook", args=[webhook.pk])
    words = {"url": webhook.url, "why": why, "page": page}
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"
    return EmailMessage(
        _("A webhook was paused"),
        render_to_string("webhooks/paused.txt", words),
        to=[member.user.email],
        headers={
            "Message-ID": f"<{key.replace(':', '.')}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
    )
