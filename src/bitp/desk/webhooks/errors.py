"""What can be wrong with a webhook."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_SAYS: dict[str, Promise | str] = {
    "scheme": _("The address must begin with https://."),
    "address": _("This is not an address that can be called."),
    "unknown_host": _("No computer with this name was found."),
    "private": _(
        "This name leads to a private network. Only addresses of the public internet can be called."
    ),
}


class WebhookError(Exception):
    """Its ``says`` is for people; ``status`` for HTTP."""

    code = "webhook"
    status = 400
    says: Promise | str = ""


class BadAddress(WebhookError):
    """The address cannot be called. code: one of scheme, address, unknown_host, private."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.says = _SAYS[code]


class NoWebhook(WebhookError):
    """There is none with this number."""

    code = "not_found"
    status = 404
    says = _("There is no such webhook.")


class TooManyWebhooks(WebhookError):
    """More than the limit."""

    code = "too_many"
    status = 409
    says = _("There are as many webhooks as there may be. Remove one first.")
