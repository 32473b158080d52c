"""What was recorded: every operation on the files of one folder, in one order."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

# Mirrors struct record in shim.c.
_HEADER = struct.Struct("=IIQQqqII")
_MAGIC = 0x54554350
# A file of this name belongs to the observer: what it says is true, and it survives every cut.
ACKS = "acks"


class Kind(IntEnum):
    """Mirrors enum kind in shim.c."""

    CREATE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    UNLINK = 5
    RENAME = 6
    UNSUPPORTED = 7
    END = 8


@dataclass(slots=True)
class Operation:
    """``seq`` is when it began, ``end`` when it was done; none: it never was, as far as known.

    ``path`` is relative to the folder ("." is the folder). ``position`` is the offset of a write
    or the length of a truncation; ``data`` what was written, or the new path of a rename.
    """

    kind: Kind
    seq: int
    path: str
    position: int
    data: bytes
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """``initial`` holds the files as they were, safe on the disk, before the recording."""

    initial: dict[str, bytes]
    operations: list[Operation]

    @property
    def last_seq(self) -> int:
        return max((operation.end or operation.seq for operation in self.operations), default=0)

    def acks(self) -> list[tuple[int, str]]:
        """(seq, line) for each line written to the file ``acks``: acknowledged from seq on."""
        return [
            (operation.seq, line)
            for operation in self.operations
            if operation.kind is Kind.WRITE and operation.path == ACKS
            for line in operation.data.decode().split()
        ]

    def acknowledged_by(self, cut: int) -> set[str]:
        return {line for seq, line in self.acks() if seq <= cut}

    def count(self, kind: Kind, suffix: str) -> int:
        """How many operations of this kind were done on files whose name ends so."""
        return sum(
            operation.kind is kind and operation.path.endswith(suffix)
            for operation in self.operations
        )

    def choose_cuts(self, count: int, seed: int) -> list[int]:
        """Half anywhere, half at the moment of an acknowledgement: nothing later to help."""
        chooser = random.Random(seed)
        moments = [seq for seq, _ in self.acks()]
        anywhere = [chooser.randint(1, self.last_seq) for _ in range(count - count // 2)]
        return anywhere + [chooser.choice(moments) for _ in range(count // 2)]


def read_operations(traces: Path, folder: Path, until: int) -> list[Operation]:
    """All processes' operations by order of their beginning; those that failed are left out.

    ``until``: the last number that counts. Processes that go on while their files are read one
    after the other would otherwise seem to build on what others never did.

    Raises ValueError if something was done that cannot be recorded.
    """
    begun: dict[int, Operation] = {}
    for file in sorted(traces.glob("*.trace")):
        for kind, seq, began, position, result, path, data in _read_records(file.read_bytes()):
            if seq > until:
                continue
            if kind is Kind.END:
                _finish(begun, began, seq, position, result)
            else:
                begun[seq] = Operation(kind, seq, _relative(path, folder), position, data)
    operations = [begun[seq] for seq in sorted(begun)]
    for operation in operations:
        if operation.kind is Kind.UNSUPPORTED:
            raise ValueError(f"{operation.data.decode()} on {operation.path} cannot be recorded")
        if operation.kind is Kind.RENAME:
            operation.data = _relative(operation.data.decode(), folder).encode()
    return operations


def _relative(path: str, folder: Path) -> str:
    return str(Path(path).relative_to(folder))


def _finish(begun: dict[int, Operation], began: int, seq: int, position: int, result: int) -> None:
    operation = begun[began]
    if result < 0:
        del begun[began]
        return
    operation.end = seq
    if operation.kind is Kind.WRITE:
        operation.position = position
        operation.data = operation.data[:result]


def _read_records(raw: bytes) -> Iterator[tuple[Kind, int, int, int, int, str, bytes]]:
    at = 0
    # A killed process may leave half a record at the end.
    while at + _HEADER.size <= len(raw):
        header = _HEADER.unpack_from(raw, at)
        magic, kind, seq, began, position, result, path_bytes, data_bytes = header
        if magic != _MAGIC:
            raise ValueError("the trace is damaged")
        middle = at + _HEADER.size + path_bytes
        path = raw[at + _HEADER.size : middle].decode()
        yield Kind(kind), seq, began, position, result, path, raw[middle : middle + data_bytes]
        at = middle + data_bytes
