"""Runs programs under the shim that records what they do to the files of one folder."""

from __future__ import annotations

import atexit
import functools
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.powercut.trace import ACKS, Trace, read_operations

_SOURCE = Path(__file__).with_name("shim.c")
# Mirrors struct shared in shim.c: the counter, and whether the disk is full.
_SHARED = struct.Struct("=QQ")


def is_available() -> bool:
    """The shim needs Linux and a C compiler."""
    return sys.platform == "linux" and shutil.which("gcc") is not None


class Recorder:
    """Records ``folder`` while programs run with ``environment``; their children inherit it.

    A client that runs so as well calls ``acknowledge(folder, id)`` for each thing it was promised.
    Do not kill recorded programs before the last moment that counts: what one was just doing
    would be unknown.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._traces = Path(tempfile.mkdtemp(prefix="powercut-"))
        self._initial = {
            str(file.relative_to(self.folder)): file.read_bytes()
            for file in self.folder.rglob("*")
            if file.is_file()
        }
        (self._traces / "shared").write_bytes(_SHARED.pack(0, 0))

    @property
    def environment(self) -> dict[str, str]:
        """To be added to the environment of each program."""
        return {
            "LD_PRELOAD": _prepend(_build_shim(), "LD_PRELOAD"),
            # So that a recorded client can import this module.
            "PYTHONPATH": _prepend(_SOURCE.parents[2], "PYTHONPATH"),
            "POWERCUT_FOLDER": str(self.folder),
            "POWERCUT_TRACES": str(self._traces),
        }

    def read(self) -> Trace:
        """What was recorded until now."""
        (until, _) = _SHARED.unpack((self._traces / "shared").read_bytes()[: _SHARED.size])
        return Trace(self._initial, read_operations(self._traces, self.folder, until))

    def set_full(self, is_full: bool) -> None:
        """From now on nothing in the folder can grow (ENOSPC), or it can again."""
        with (self._traces / "shared").open("r+b") as file, mmap.mmap(file.fileno(), 16) as shared:
            shared[8] = is_full

    def discard(self) -> None:
        """Deletes the recording."""
        shutil.rmtree(self._traces)


def acknowledge(folder: Path, *ids: str) -> None:
    """Notes, in the one order of everything recorded, that these were promised to be kept."""
    descriptor = os.open(folder / ACKS, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(descriptor, "".join(f"{each}\n" for each in ids).encode())
    finally:
        os.close(descriptor)


def record(command: Sequence[str], folder: Path, timeout_s: float = 60) -> Trace:
    """The trace of a command that runs to its end; raises if it fails."""
    recorder = Recorder(folder)
    try:
        environment = {**os.environ, **recorder.environment}
        subprocess.run(command, check=True, timeout=timeout_s, env=environment)
        return recorder.read()
    finally:
        recorder.discard()


def _prepend(path: Path, variable: str) -> str:
    return ":".join(filter(None, [str(path), os.environ.get(variable, "")]))


@functools.cache
def _build_shim() -> Path:
    made = tempfile.mkdtemp(prefix="powercut-shim-")
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    built = Path(made) / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", built, _SOURCE], check=True)
    return built
