"""Canonical JSON (RFC 8785) for plain facts, and salted digests of content."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import msgspec

SALT_BYTES = 16

_encoder = msgspec.json.Encoder(order="sorted")


def canonical_json(facts: Any) -> str:
    """``facts`` (str, int, bool, None, lists and string-keyed dicts; never a float) as text.

    Keys are ASCII, so sorting by code point equals RFC 8785's order.
    """
    return _encoder.encode(facts).decode()


def new_salt() -> str:
    """A fresh hexadecimal salt."""
    return secrets.token_hex(SALT_BYTES)


def salted_digest(salt: str, content: str) -> str:
    """SHA-256 of salt and content, hexadecimal: proves content without containing it."""
    return hashlib.sha256(f"{salt}:{content}".encode()).hexdigest()
