"""The form of a sealed file: a mark, then chunks, each encrypted on its own.

A chunk's nonce is its number (the key is never used for another file), and what is bound to it
is the file's name, its number, and whether it is the last: a chunk that was altered, moved, cut
off or taken from another file does not open. One chunk in memory is enough to read any range.
"""

from __future__ import annotations

MARK = b"BITPSEA1"
# Of plain text in every chunk but the last. Small enough for a range, large enough for speed.
CHUNK_BYTES = 64 * 1024
TAG_BYTES = 16
STORED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES
NONCE_BYTES = 12


def nonce(number: int) -> bytes:
    """The nonce of chunk ``number``, from 0."""
    return number.to_bytes(NONCE_BYTES, "big")


def bound(name: str, number: int, is_last: bool) -> bytes:
    """What a chunk is bound to."""
    return f"{name}:{number}:{'last' if is_last else 'more'}".encode()
