"""The words of the queues' pages that come from tables."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

TOPIC_NAMES: dict[str, str | Promise] = {
    "account": pgettext_lazy("topic", "Account"),
    "security": pgettext_lazy("topic", "Security"),
    "deposit": pgettext_lazy("topic", "Deposit"),
    "withdrawal": pgettext_lazy("topic", "Withdrawal"),
    "order": pgettext_lazy("topic", "Order"),
    "privacy": pgettext_lazy("topic", "Privacy"),
    "technical": pgettext_lazy("topic", "Technical"),
    "other": pgettext_lazy("topic", "Other"),
}
# Each in its own words: whoever looks for a language finds it.
LANGUAGE_NAMES: dict[str, str] = {"zh-hans": "简体中文", "en": "English"}
STATES: dict[str, str | Promise] = {
    "available": pgettext_lazy("state of a member", "Available"),
    "away": pgettext_lazy("state of a member", "Away"),
    "offline": pgettext_lazy("state of a member", "Offline"),
}
