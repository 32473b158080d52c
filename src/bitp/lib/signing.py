"""Signed, expiring tokens: what one part hands to another through a browser."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from typing import Any

import msgspec


class BadToken(Exception):
    """The token was not made by us for this purpose, or its time is over."""


class Signer:
    """Makes and reads tokens for one purpose.

    A token is ``base64url(json).base64url(mac)``; the JSON holds the payload and ``exp``
    (seconds since the epoch). Another purpose or another key never verifies.
    """

    def __init__(self, key: str, purpose: str, old_keys: Sequence[str] = ()) -> None:
        """``old_keys``: from before a rotation; still read, never used to sign."""
        self._keys = [
            hashlib.sha256(f"bitp:{purpose}:{each}".encode()).digest() for each in (key, *old_keys)
        ]

    def sign(self, payload: dict[str, Any], lifetime_s: int) -> str:
        """The payload as a token that is good for ``lifetime_s`` seconds."""
        body = msgspec.json.encode({**payload, "exp": int(time.time()) + lifetime_s})
        return f"{_b64(body)}.{_b64(_mac(self._keys[0], body))}"

    def read(self, token: str) -> dict[str, Any]:
        """The payload of a good token, else raises BadToken."""
        try:
            body_text, mac_text = token.split(".")
            body, mac = _unb64(body_text), _unb64(mac_text)
        except ValueError as error:
            raise BadToken("not a token") from error
        if not any(hmac.compare_digest(mac, _mac(key, body)) for key in self._keys):
            raise BadToken("not signed by us")
        payload: dict[str, Any] = msgspec.json.decode(body)
        if payload["exp"] < time.time():
            raise BadToken("expired")
        return payload


def _mac(key: bytes, body: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    if not text.isascii():
        raise ValueError("not base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
