"""A disk for one test that can be made full, and have room again.

With the right to mount it is a real small file system. Without it, it is the recorder's library
between our processes and the C library, which lets no file of the folder grow (ENOSPC).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from tests.powercut.recorder import Recorder
from tests.survival.running import short_folder

SIZE_MB = 24
BLOCK_BYTES = 64 * 1024


class Disk(Protocol):
    """``folder`` stands on it; ``environment`` is for every process that writes there."""

    folder: Path
    environment: dict[str, str]
    kind: str

    def fill(self) -> None: ...
    def free(self) -> None: ...


class SmallDisk:
    """A file system of its own in memory."""

    kind = f"a file system of {SIZE_MB} MB"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        self._ballast = folder / "ballast"

    def fill(self) -> None:
        with self._ballast.open("wb", buffering=0) as ballast:
            for size in (BLOCK_BYTES, 512, 1):
                try:
                    while True:
                        ballast.write(bytes(size))
                except OSError:
                    continue

    def free(self) -> None:
        self._ballast.unlink()


class PretendedDisk:
    """Any folder, seen through the recorder's library."""

    kind = "files that may not grow"

    def __init__(self, folder: Path, recorder: Recorder) -> None:
        self.folder = folder
        self.environment = recorder.environment
        self._recorder = recorder

    def fill(self) -> None:
        self._recorder.set_full(True)

    def free(self) -> None:
        self._recorder.set_full(False)


@contextmanager
def disk_that_fills() -> Iterator[Disk]:
    """The best that this machine offers."""
    with short_folder() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
        if os.geteuid() == 0 and subprocess.run(mount, check=False).returncode == 0:
            try:
                yield SmallDisk(folder)
            finally:
                subprocess.run(["umount", "-l", str(folder)], check=True)
        else:
            yield from _pretend(folder)


@contextmanager
def disk_that_pretends() -> Iterator[Disk]:
    """The one that needs no right."""
    with short_folder() as folder:
        yield from _pretend(folder)


def _pretend(folder: Path) -> Iterator[Disk]:
    recorder = Recorder(folder)
    try:
        yield PretendedDisk(folder, recorder)
    finally:
        recorder.discard()
