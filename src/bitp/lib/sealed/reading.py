"""Reading a sealed file: the whole or any range, one chunk in memory at a time."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bitp.lib.sealed.form import (
    CHUNK_BYTES,
    MARK,
    STORED_CHUNK_BYTES,
    TAG_BYTES,
    bound,
    nonce,
)


class Damaged(Exception):
    """The file is not there, not whole, altered, or not the one its name says."""


class SealedReader(io.RawIOBase):
    """A seekable file of the plain content; raises Damaged rather than give a wrong byte."""

    def __init__(self, place: Path, name: str, data_key: bytes) -> None:
        super().__init__()
        self._name = name
        self._cipher = AESGCM(data_key)
        self._at = 0
        self._kept: tuple[int, bytes] = (-1, b"")
        try:
            self._handle = os.open(place, os.O_RDONLY)
        except OSError as error:
            raise Damaged(name) from error
        try:
            self._chunks, self.size_bytes = self._measure()
        except Damaged:
            os.close(self._handle)
            raise

    def _measure(self) -> tuple[int, int]:
        """The number of chunks and the size; the last one proves that none is missing."""
        stored = os.fstat(self._handle).st_size - len(MARK)
        if stored < TAG_BYTES or os.pread(self._handle, len(MARK), 0) != MARK:
            raise Damaged(self._name)
        self._chunks = -(-stored // STORED_CHUNK_BYTES)
        return self._chunks, (self._chunks - 1) * CHUNK_BYTES + len(self._chunk(self._chunks - 1))

    def parts(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``stop`` (not included), in pieces."""
        end = self.size_bytes if stop is None else min(stop, self.size_bytes)
        while start < end:
            number, inside = divmod(start, CHUNK_BYTES)
            piece = self._chunk(number)[inside : inside + end - start]
            yield piece
            start += len(piece)

    def _chunk(self, number: int) -> bytes:
        if self._kept[0] != number:
            start = len(MARK) + number * STORED_CHUNK_BYTES
            stored = os.pread(self._handle, STORED_CHUNK_BYTES, start)
            what = bound(self._name, number, number == self._chunks - 1)
            try:
                self._kept = (number, self._cipher.decrypt(nonce(number), stored, what))
            except (InvalidTag, ValueError) as error:
                raise Damaged(self._name) from error
        return self._kept[1]

    # --- as a file

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """Any place may be read next."""
        return True

    def tell(self) -> int:
        """The next byte to be read."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Goes on from another place."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fills the buffer as far as one chunk goes."""
        piece = next(self.parts(self._at, self._at + len(buffer)), b"")
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        """Lets go of the file."""
        if not self.closed:
            os.close(self._handle)
        super().close()
