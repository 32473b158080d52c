"""Short secrets in the database, unreadable without the installation's key.

AES-256-GCM with a key derived from SECRET_KEY. After a rotation the keys in
SECRET_KEY_FALLBACKS still open what they sealed; what is sealed anew takes the new one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

FORMAT = "s1:"
NONCE_BYTES = 12
KEY_BYTES = 32


class Unreadable(Exception):
    """Not sealed by us for this purpose, altered, or the key is gone."""


def seal(text: str, purpose: str) -> str:
    """The text encrypted for one purpose: printable ASCII."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    sealed = _cipher(settings.SECRET_KEY, purpose).encrypt(nonce, text.encode(), None)
    return FORMAT + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(sealed: str, purpose: str) -> str:
    """What ``seal`` was given for the same purpose, else raises Unreadable."""
    opened = _opened(sealed, purpose, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])
    if opened is None:
        raise Unreadable
    return opened


def is_current(sealed: str, purpose: str) -> bool:
    """Whether the present key opens it, without those from before a rotation."""
    return _opened(sealed, purpose, [settings.SECRET_KEY]) is not None


def needs_old_key(sealed: str, purpose: str) -> bool:
    """Whether only a key from before a rotation opens it. What no key opens is lost already."""
    if is_current(sealed, purpose):
        return False
    try:
        unseal(sealed, purpose)
    except Unreadable:
        return False
    return True


def key_name() -> str:
    """A name for the present key that tells nothing of it."""
    return hashlib.sha256(b"bitp:key-name:" + settings.SECRET_KEY.encode()).hexdigest()[:16]


def _opened(sealed: str, purpose: str, keys: Sequence[str]) -> str | None:
    try:
        raw = base64.urlsafe_b64decode(sealed.removeprefix(FORMAT))
    except (binascii.Error, ValueError):
        return None
    for key in keys:
        try:
            opened = _cipher(key, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None)
            return opened.decode()
        except (InvalidTag, ValueError):
            continue
    return None


def _cipher(key: str, purpose: str) -> AESGCM:
    derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=f"bitp:sealed:{purpose}".encode())
    return AESGCM(derive.derive(key.encode()))
