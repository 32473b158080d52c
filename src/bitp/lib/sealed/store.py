"""The folder of sealed files."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

from bitp.lib.sealed.keys import MasterKeys, new_data_key
from bitp.lib.sealed.reading import Damaged, SealedReader
from bitp.lib.sealed.writing import SealedWriter

NAME_BYTES = 16
_NAME = re.compile(r"[0-9a-f]{32}")
INCOMING = "incoming"


class SealedStore:
    """Files by name, under a folder of ours. Any number of processes may use one folder."""

    def __init__(self, folder: Path, keys: MasterKeys) -> None:
        self._folder = folder
        self.keys = keys

    def create(self) -> SealedWriter:
        """A writer for a new file; until its commit there is no such file."""
        name = secrets.token_hex(NAME_BYTES)
        incoming = self._folder / INCOMING
        incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = new_data_key()
        wrapped = self.keys.wrap(key, name)
        return SealedWriter(incoming / name, self._place(name), name, key, wrapped)

    def open(self, name: str, wrapped: str) -> SealedReader:
        """The file; raises Damaged or KeyMissing. Close it."""
        if not _NAME.fullmatch(name):
            raise Damaged(name)
        return SealedReader(self._place(name), name, self.keys.unwrap(wrapped, name))

    def remove(self, name: str) -> None:
        """Removes the file, if it is there."""
        if _NAME.fullmatch(name):
            self._place(name).unlink(missing_ok=True)

    def names(self, older_than_s: float) -> Iterator[str]:
        """Files that stand there for longer than ``older_than_s`` seconds."""
        before = time.time() - older_than_s
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            if _NAME.fullmatch(path.name) and _is_older(path, before):
                yield path.name

    def drop_unfinished(self, older_than_s: float) -> int:
        """Removes what a killed writer left; returns how many files."""
        before = time.time() - older_than_s
        left = [path for path in self._folder.glob(f"{INCOMING}/*") if _is_older(path, before)]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _place(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _is_older(path: Path, moment_s: float) -> bool:
    try:
        return path.stat().st_mtime < moment_s
    except FileNotFoundError:
        return False
