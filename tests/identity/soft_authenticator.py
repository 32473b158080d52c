"""A passkey in software: what a device answers to the options a server sends."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

USER_PRESENT, USER_VERIFIED, HAS_CREDENTIAL = 0x01, 0x04, 0x40


@dataclass
class SoftAuthenticator:
    """One passkey. Its fields can be set wrong, as Mallory's would be."""

    origin: str
    rp_id: str = "localhost"
    verified: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    # Signatures made so far, as told; None: it does not count.
    count: int | None = None

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to ``navigator.credentials.create``."""
        public_key = options["publicKey"]
        self.handle = websafe_decode(public_key["user"]["id"])
        credential = (
            bytes(16)
            + len(self.credential_id).to_bytes(2, "big")
            + self.credential_id
            + cbor.encode(ES256.from_cryptography_key(self.key.public_key()))  # type: ignore[no-untyped-call]
        )
        data = self._data(HAS_CREDENTIAL) + credential
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", public_key["challenge"])
        return self._answer(client, attestationObject=websafe_encode(attestation))

    def sign(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to ``navigator.credentials.get``."""
        client = self._client("webauthn.get", options["publicKey"]["challenge"])
        if self.count is not None:
            self.count += 1
        data = self._data()
        signed = data + hashlib.sha256(client).digest()
        return self._answer(
            client,
            authenticatorData=websafe_encode(data),
            signature=websafe_encode(self.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
            userHandle=websafe_encode(self.handle),
        )

    def _data(self, flags: int = 0) -> bytes:
        flags |= USER_PRESENT | (USER_VERIFIED if self.verified else 0)
        count = (self.count or 0).to_bytes(4, "big")
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + count

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, client: bytes, **response: str) -> dict[str, Any]:
        identifier = websafe_encode(self.credential_id)
        return {
            "id": identifier,
            "rawId": identifier,
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {"clientDataJSON": websafe_encode(client), **response},
        }
