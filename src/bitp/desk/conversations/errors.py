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
