"""Files on their way to web: kept here until they are whole.

Web answers with few threads, and one that waits for a phone in a tunnel answers nobody else. So
a file is written to a nameless place on the disk as it comes, encrypted under a key that only
this process knows, and passed on, as fast as web takes it, once all of it is there. Whatever is
cut off, or killed, leaves nothing.
"""

from __future__ import annotations

import secrets
import tempfile
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from bitp.live.limits import Tally
from bitp.live.proxies import counted_as, is_trusted
from bitp.live.requests import Upload

if TYPE_CHECKING:
    from bitp.live.doorway import Doorway
    from bitp.live.settings import GatewaySettings

# What web is given at once; what it does not take stays on the disk.
PIECE_BYTES = 64 * 1024
KEY_BYTES = 32
NONCE_BYTES = 16


class Body:
    """The body of one upload: written while it comes, then read once."""

    def __init__(self, upload: Upload, folder: str, began: float) -> None:
        self.head = upload.head
        self.missing = self._size = upload.length
        self.began = began
        self._left = upload.length
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        cipher = Cipher(AES(key), CTR(nonce))
        self._encryptor, self._decryptor = cipher.encryptor(), cipher.decryptor()
        # Without a name from the start (O_TMPFILE): not even a kill leaves it behind.
        self._file = tempfile.TemporaryFile(dir=folder or None, buffering=0)  # noqa: SIM115 - see close

    @property
    def is_whole(self) -> bool:
        """Whether all of it is here."""
        return not self.missing

    def write(self, data: bytes) -> None:
        """More of it; at most what is missing. Raises OSError when the disk is full."""
        sealed = self._encryptor.update(data)
        if self._file.write(sealed) != len(sealed):
            raise OSError("the disk took only a part")
        self.missing -= len(data)
        if not self.missing:
            self._file.seek(0)

    def read(self) -> bytes:
        """The next piece of what is whole; empty at the end."""
        piece = self._decryptor.update(self._file.read(PIECE_BYTES) or b"")
        self._left -= len(piece)
        return piece

    @property
    def size_bytes(self) -> int:
        """As its head says."""
        return self._size

    def close(self) -> None:
        """It is gone."""
        self._file.close()


class Uploads:
    """How much is on its way, in all and for each network address."""

    def __init__(self, settings: GatewaySettings) -> None:
        self._settings = settings
        self._addresses = Tally(settings.uploads_per_address)
        self._counted: dict[Body, str] = {}
        self.held_bytes = 0

    def begin(self, doorway: Doorway, upload: Upload) -> Body | None:
        """A place for it; none: too much is on its way, it may come later. Raises OSError."""
        settings = self._settings
        if self.held_bytes + upload.length > settings.uploads_bytes:
            return None
        # All that comes through a proxy of ours has one address.
        key = "" if is_trusted(doorway.peer, settings.trusted_proxies) else doorway.peer
        if key and not self._addresses.add(counted_as(key)):
            return None
        try:
            body = Body(upload, settings.upload_folder, doorway.gateway.time())
        except OSError:
            self._leave(key)
            raise
        self._counted[body] = key
        self.held_bytes += body.size_bytes
        return body

    def end(self, body: Body) -> None:
        """It was passed on, or cut off."""
        key = self._counted.pop(body)
        self.held_bytes -= body.size_bytes
        self._leave(key)
        body.close()

    def _leave(self, key: str) -> None:
        if key:
            self._addresses.remove(counted_as(key))
