"""Addresses in the one form they are compared in."""

from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from bitp.policies.secrets import redact

# No channel of ours has longer addresses (the column's length).
ADDRESS_CHARACTERS_MAX = 254

CHAT = "chat"
EMAIL = "email"
PHONE = "phone"


def normalised(channel: str, address: str) -> str:
    """The address as it is stored and compared; e-mail without case, phone as + and digits."""
    text = unicodedata.normalize("NFKC", address).strip()[:ADDRESS_CHARACTERS_MAX]
    if channel == EMAIL:
        return text.lower()
    if channel == PHONE:
        return ("+" if text.startswith("+") else "") + re.sub(r"[^0-9]", "", text)
    return text


def is_email(address: str) -> bool:
    """Whether the text has the form of a mail address; one that holds a key or phrase is none."""
    try:
        validate_email(address)
    except ValidationError:
        return False
    return not redact(address).gives_away_funds


def visitor_address(visitor: str) -> str:
    """A browser that holds our visitor token."""
    return f"visitor:{visitor}"


def host_address(inbox: str, subject: str) -> str:
    """A host site's user: the inbox's key and the host's own id of the user."""
    return f"host:{inbox}:{subject}"


def customer_address(user: int) -> str:
    """A customer of our own platform, signed in here."""
    return f"customer:{user}"
