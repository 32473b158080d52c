"""The keys of sealed files: each file has its own, wrapped by the installation's master key.

Whoever forgets a wrapped key has erased the file, wherever copies of it lie. After a rotation
the old master key still unwraps; ``rewrap`` gives what the new one wraps.
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

KEY_BYTES = 32
NONCE_BYTES = 12
# Enough to tell the two or three master keys of an installation apart; reveals nothing of them.
FINGERPRINT_DIGITS = 12


class KeyMissing(Exception):
    """The key of the file is gone: erased, or wrapped by a master key we do not have."""


class MasterKeys:
    """The current master key, and those from before a rotation."""

    def __init__(self, secret: str, old_secrets: Sequence[str] = ()) -> None:
        keys = [_derive(each) for each in (secret, *old_secrets)]
        self._keys = {fingerprint(key): key for key in reversed(keys)}
        self.current = fingerprint(keys[0])

    def wrap(self, data_key: bytes, name: str) -> str:
        """The key of the file ``name``, as text that only the current master key opens."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        wrapped = AESGCM(self._keys[self.current]).encrypt(nonce, data_key, _bound(name))
        return f"{self.current}:{base64.urlsafe_b64encode(nonce + wrapped).decode()}"

    def unwrap(self, wrapped: str, name: str) -> bytes:
        """The file's key; raises KeyMissing, also for the key of another file."""
        mark, _, text = wrapped.partition(":")
        key = self._keys.get(mark)
        if key is None:
            raise KeyMissing(name)
        try:
            raw = base64.urlsafe_b64decode(text)
            return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _bound(name))
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise KeyMissing(name) from error

    def rewrap(self, wrapped: str, name: str) -> str:
        """The same key, wrapped by the current master key; raises KeyMissing."""
        if wrapped.startswith(f"{self.current}:"):
            return wrapped
        return self.wrap(self.unwrap(wrapped, name), name)


def new_data_key() -> bytes:
    """The key of one file, used for nothing else."""
    return secrets.token_bytes(KEY_BYTES)


def fingerprint(key: bytes) -> str:
    """What names a master key without revealing it."""
    return hashlib.sha256(b"bitp:master-key:" + key).hexdigest()[:FINGERPRINT_DIGITS]


def _derive(secret: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bitp:sealed-files").derive(secret.encode())


def _bound(name: str) -> bytes:
    return f"bitp:file-key:{name}".encode()
