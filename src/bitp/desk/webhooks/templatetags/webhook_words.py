"""How the webhooks' pages write times and answers."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bitp.desk.webhooks.models import FAILED, WAITING, Delivery

register = template.Library()

ERRORS: dict[str, Promise] = {
    "timeout": gettext_lazy("no answer in time"),
    "refused": gettext_lazy("connection refused"),
    "tls": gettext_lazy("no safe connection (certificate)"),
    "no_answer": gettext_lazy("the connection broke"),
    "redirect": gettext_lazy("sent us elsewhere; that is not followed"),
    "status": gettext_lazy("not taken"),
    "scheme": gettext_lazy("not an https address"),
    "address": gettext_lazy("not an address that can be called"),
    "unknown_host": gettext_lazy("name not found"),
    "private": gettext_lazy("leads to a private network"),
}


@register.filter
def answer(delivery: Delivery) -> str:
    """What came of a delivery so far, such as "200 · 35 ms" or "500 not taken · 3 tries"."""
    if not delivery.attempts and delivery.state == WAITING:
        return _("on its way")
    words = [str(delivery.last_status or ""), str(ERRORS.get(delivery.last_error, ""))]
    parts = [" ".join(filter(None, words))]
    if not delivery.last_error:
        parts.append(_("%(count)s ms") % {"count": delivery.last_ms})
    if delivery.attempts > 1:
        tries = ngettext("%(count)s try", "%(count)s tries", delivery.attempts)
        parts.append(tries % {"count": delivery.attempts})
    if delivery.state == FAILED:
        parts.append(_("given up"))
    return " · ".join(parts)
