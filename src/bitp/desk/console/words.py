"""The words of the console's page that come from tables: views, topics, roles, levels."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bitp.desk.routing.words import TOPIC_NAMES

VIEWS: dict[str, str | Promise] = {
    "waiting": pgettext_lazy("list of conversations", "Waiting"),
    "mine": pgettext_lazy("list of conversations", "Mine"),
    "all": pgettext_lazy("list of conversations", "All"),
    "resolved": pgettext_lazy("list of conversations", "Resolved"),
}

TOPICS = TOPIC_NAMES

ROLES: dict[str, str | Promise] = {
    "agent": pgettext_lazy("role", "Agent"),
    "supervisor": pgettext_lazy("role", "Supervisor"),
    "operator": pgettext_lazy("role", "Operator"),
}

LEVELS: tuple[str | Promise, ...] = (
    _("Nothing is proven"),
    _("Claimed, not proven"),
    _("Signed in"),
    _("Confirmed again just before writing"),
)

STATUSES: dict[str, str | Promise] = {
    "open": pgettext_lazy("status", "Open"),
    "waiting": pgettext_lazy("status", "Waiting on customer"),
    "snoozed": pgettext_lazy("status", "Snoozed"),
    "resolved": pgettext_lazy("status", "Resolved"),
}

CHANNELS: dict[str, str | Promise] = {
    "chat": pgettext_lazy("channel", "Chat"),
    "email": pgettext_lazy("channel", "Mail"),
    "phone": pgettext_lazy("channel", "Phone"),
}

VERIFIED: dict[str, str | Promise] = {
    "": _("Not verified: anybody could have typed it"),
    "visitor": _("Known by this browser only"),
    "session": _("Verified by signing in"),
    "account": _("The account's verified address"),
    "host": _("Vouched for by the site that shows the chat"),
    "mail": _("Verified by a mail to this address"),
    "merged": _("Belongs to the account since they signed in"),
}
