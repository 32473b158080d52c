"""Base58Check: the alphabet of private keys on paper, with a checksum of four bytes."""

from __future__ import annotations

import hashlib

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
CHECKSUM_BYTES = 4
DECODED_BYTES_MAX = 82
"""An extended key: 78 bytes and the checksum. Longer input is not decoded."""

_DIGITS = {character: digit for digit, character in enumerate(ALPHABET)}


def has_right_checksum(encoded: str) -> bool:
    number = 0
    for character in encoded:
        number = number * len(ALPHABET) + _DIGITS[character]
    if number.bit_length() > DECODED_BYTES_MAX * 8:
        return False
    decoded = number.to_bytes((number.bit_length() + 7) // 8, "big")
    content, checksum = decoded[:-CHECKSUM_BYTES], decoded[-CHECKSUM_BYTES:]
    return hashlib.sha256(hashlib.sha256(content).digest()).digest()[:CHECKSUM_BYTES] == checksum
