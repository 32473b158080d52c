"""The desk's words as a customer reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

TOPICS: dict[str, StrPromise] = {
    "account": pgettext_lazy("topic", "Signing in"),
    "security": pgettext_lazy("topic", "Security"),
    "deposit": pgettext_lazy("topic", "Deposit"),
    "withdrawal": pgettext_lazy("topic", "Withdrawal"),
    "order": pgettext_lazy("topic", "Order"),
    "privacy": pgettext_lazy("topic", "Privacy"),
    "technical": pgettext_lazy("topic", "Technical"),
    "other": pgettext_lazy("topic", "Something else"),
}
# Snoozing is how staff arrange their day; to the customer it is still with us.
STATUSES: dict[str, tuple[StrPromise, str]] = {
    "open": (pgettext_lazy("conversation", "With us"), "info"),
    "snoozed": (pgettext_lazy("conversation", "With us"), "info"),
    "waiting": (pgettext_lazy("conversation", "Waiting for you"), "warning"),
    "resolved": (pgettext_lazy("conversation", "Resolved"), "good"),
}
