"""Writing a sealed file: in a place of its own until it is whole, then at once under its name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bitp.lib.sealed.form import CHUNK_BYTES, MARK, bound, nonce


class Sealed(NamedTuple):
    """A stored file. key: wrapped; sha256: hexadecimal, of the plain content."""

    name: str
    key: str
    size_bytes: int
    sha256: str


class SealedWriter:
    """Takes the content piece by piece. As a context it leaves nothing behind without commit."""

    def __init__(self, part: Path, place: Path, name: str, data_key: bytes, wrapped: str) -> None:
        self._part = part
        self._place = place
        self._name = name
        self._wrapped = wrapped
        self._cipher = AESGCM(data_key)
        self._digest = hashlib.sha256()
        self._rest = bytearray()
        self._number = 0
        self.size_bytes = 0
        self._file = os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(MARK)

    def __enter__(self) -> SealedWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.discard()

    def write(self, data: bytes) -> None:
        """More of the content."""
        self._digest.update(data)
        self.size_bytes += len(data)
        self._rest += data
        # A full chunk waits for the next byte: only then is it known not to be the last.
        while len(self._rest) > CHUNK_BYTES:
            self._put(bytes(self._rest[:CHUNK_BYTES]), is_last=False)
            del self._rest[:CHUNK_BYTES]

    def commit(self) -> Sealed:
        """The whole file under its name; it survives a power cut from here on."""
        self._put(bytes(self._rest), is_last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if not self._place.parent.exists():
            self._place.parent.mkdir(mode=0o700, exist_ok=True)
            _sync(self._place.parent.parent)
        self._part.replace(self._place)
        _sync(self._place.parent)
        return Sealed(self._name, self._wrapped, self.size_bytes, self._digest.hexdigest())

    def discard(self) -> None:
        """Removes what is not committed."""
        self._file.close()
        self._part.unlink(missing_ok=True)

    def _put(self, chunk: bytes, *, is_last: bool) -> None:
        what = bound(self._name, self._number, is_last)
        self._file.write(self._cipher.encrypt(nonce(self._number), chunk, what))
        self._number += 1


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
