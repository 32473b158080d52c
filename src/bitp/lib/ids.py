"""Identifiers people read aloud, and ones only programs see."""

from __future__ import annotations

import secrets

# Without 0/O, 1/I/L and U (which turns into V over a bad line): 30 symbols.
READABLE = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
# 30^8 is 6.6e11 references: unguessable in any number of tries the limits allow.
REFERENCE_LENGTH = 8


def new_reference() -> str:
    """A public reference such as ``BP-7K3M-Q2XD``: short, unguessable, readable aloud."""
    letters = "".join(secrets.choice(READABLE) for _ in range(REFERENCE_LENGTH))
    return f"BP-{letters[:4]}-{letters[4:]}"


def new_token(length_bytes: int = 18) -> str:
    """A random URL-safe token with ``length_bytes`` bytes of entropy."""
    return secrets.token_urlsafe(length_bytes)
