"""What can be wrong with a search, each with a code, a status and a text."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bitp.desk.conversations.errors import ConversationError


class TooLong(ConversationError):
    """More characters or words than a search takes."""

    code = "search_too_long"
    says = _("That is too much to search for. Please use fewer words.")


class BadFilter(ConversationError):
    """A filter that does not exist, or a value it does not know."""

    code = "bad_filter"
    says = _("This filter does not exist.")


class NeedsReason(ConversationError):
    """Searching beyond one's own queues takes a reason."""

    code = "needs_reason"
    says = _("Please say in a few words why you search beyond your queues.")


class NotWidened(ConversationError):
    """The wider search has ended, or was never begun."""

    code = "not_widened"
    status = 409
    says = _("The wider search has ended. Give a reason to begin it again.")
