"""What can go wrong with conversations, each with a code, a status and a text."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ConversationError(Exception):
    """The base: ``code`` for programs, ``status`` for HTTP, ``says`` for people."""

    code = "conversation_error"
    status = 400
    says: str | Promise = _("That could not be done.")


class NotFound(ConversationError):
    """There is no such conversation for whoever asked (or they may not see it)."""

    code = "not_found"
    status = 404
    says = _("There is no such conversation.")


class AlreadyTaken(ConversationError):
    """Somebody else has taken the conversation since the page was drawn."""

    code = "already_taken"
    status = 409
    says = _("A colleague has already taken this conversation.")


class BadTopic(ConversationError):
    """The topic is not one of ours."""

    code = "bad_topic"
    says = _("Please choose one of the topics.")


class BadAddress(ConversationError):
    """The text is not a mail address."""

    code = "bad_address"
    says = _("This does not look like an e-mail address. Please check it.")


class MovedOn(ConversationError):
    """Somebody else has the conversation than the giver saw."""

    code = "moved_on"
    status = 409
    says = _("Somebody else has this conversation by now. Please look before you give it away.")


class IsResolved(ConversationError):
    """A resolved conversation is nobody's work."""

    code = "is_resolved"
    status = 409
    says = _("The conversation is resolved. Reopen it first.")


class NoColleague(ConversationError):
    """Nobody of this id works here."""

    code = "no_colleague"
    says = _("Please choose a colleague who works here.")


class BadSummary(ConversationError):
    """The summary cannot be kept as a note."""

    code = "bad_summary"
    says = _("The summary cannot be kept. At most 2,000 characters, please.")


class BadRequest(ConversationError):
    """The request is not in the form that the page sends."""

    code = "bad_request"
    says = _("This request was not understood. Please reload the page.")
