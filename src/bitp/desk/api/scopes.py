"""What a token may be used for: one name per right, chosen when the token is made."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CONVERSATIONS_READ = "conversations:read"
CONVERSATIONS_WRITE = "conversations:write"
MESSAGES_READ = "messages:read"
MESSAGES_WRITE = "messages:write"
NOTES_READ = "notes:read"
NOTES_WRITE = "notes:write"
ASSIGNMENTS_READ = "assignments:read"
ASSIGNMENTS_WRITE = "assignments:write"
AGENTS_READ = "agents:read"
EVENTS_READ = "events:read"

SCOPES: dict[str, str | Promise] = {
    CONVERSATIONS_READ: _("Read conversations: who, what about, how they stand"),
    CONVERSATIONS_WRITE: _("Open conversations, change their topic and status"),
    MESSAGES_READ: _("Read what customers and agents wrote"),
    MESSAGES_WRITE: _("Answer customers, in its owner's name and marked as a program"),
    NOTES_READ: _("Read the staff's notes"),
    NOTES_WRITE: _("Write notes for the staff"),
    ASSIGNMENTS_READ: _("See who has which conversation"),
    ASSIGNMENTS_WRITE: _("Assign conversations and put them back into the queue"),
    AGENTS_READ: _("See the people of the staff and whether they are there"),
    EVENTS_READ: _("Follow what happens, as far as the scopes above reach"),
}
