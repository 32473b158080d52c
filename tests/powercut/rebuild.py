"""What the disk may hold after the power failed.

All that was synced is there. Of what was not, any part may be: nothing, everything, the first
operations with the last one torn, any sectors, or sectors with rubbish in them. A write harms no
byte outside of it (SQLite counts on that too). New, renamed and deleted names are safe once their
folder was synced; before, they survive in their order up to some point, as on every journalling
file system.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.powercut.trace import ACKS, Kind, Operation, Trace

_SECTORS_BYTES = (512, 4096)
_SHARES = (0.1, 0.5, 0.9)
_RUBBISH_SHARE = 0.3
_BEGINNING_SHARE = 0.25


@dataclass(slots=True, eq=False)
class _File:
    initial: bytes = b""
    changes: list[Operation] = field(default_factory=list)
    syncs: list[Operation] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class _Folder:
    """Changes of the names in one folder, each with the file that a creation made."""

    changes: list[tuple[Operation, _File]] = field(default_factory=list)
    syncs: list[Operation] = field(default_factory=list)


def rebuild(trace: Trace, cut: int, seed: int, into: Path) -> None:
    """Writes the files as they may be found if the power fails at ``cut``; same seed, same files.

    Left out: SQLite's -shm, which is dropped at a restart, and the acknowledgements.
    """
    chooser = random.Random(f"{cut}:{seed}")
    files = {path: _File(content) for path, content in trace.initial.items()}
    folders = _replay(trace, cut, dict(files))
    for folder in folders.values():
        for operation, made in _surviving_names(folder, cut, chooser):
            _change_name(files, operation, made)
    for path, file in files.items():
        if not path.endswith("-shm") and path != ACKS:
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_surviving_bytes(file, cut, chooser))


def _replay(trace: Trace, cut: int, files: dict[str, _File]) -> dict[str, _Folder]:
    """Hands every operation begun before the cut to the file or folder that it was about."""
    folders: dict[str, _Folder] = {}
    for operation in trace.operations:
        if operation.seq > cut:
            break
        if operation.path == ACKS:
            continue
        if operation.kind in {Kind.CREATE, Kind.UNLINK, Kind.RENAME}:
            made = _File()
            folders.setdefault(_folder_of(operation), _Folder()).changes.append((operation, made))
            _change_name(files, operation, made)
        elif operation.kind is Kind.SYNC and operation.path not in files:
            folders.setdefault(operation.path, _Folder()).syncs.append(operation)
        elif not operation.path.endswith(" (deleted)"):
            file = files[operation.path]
            (file.syncs if operation.kind is Kind.SYNC else file.changes).append(operation)
    return folders


def _folder_of(operation: Operation) -> str:
    path = operation.data.decode() if operation.kind is Kind.RENAME else operation.path
    return str(PurePosixPath(path).parent)


def _change_name(files: dict[str, _File], operation: Operation, made: _File) -> None:
    if operation.kind is Kind.CREATE:
        files.setdefault(operation.path, made)
    elif operation.path in files:
        file = files.pop(operation.path)
        if operation.kind is Kind.RENAME:
            files[operation.data.decode()] = file


def _surviving_names(
    folder: _Folder, cut: int, chooser: random.Random
) -> list[tuple[Operation, _File]]:
    safe_until = _safe_until(folder.syncs, cut)
    safe = [_is_safe(operation, safe_until) for operation, _ in folder.changes]
    first_loose = max((number + 1 for number, each in enumerate(safe) if each), default=0)
    return folder.changes[: chooser.randint(first_loose, len(folder.changes))]


def _surviving_bytes(file: _File, cut: int, chooser: random.Random) -> bytes:
    safe_until = _safe_until(file.syncs, cut)
    loose = [change for change in file.changes if not _is_safe(change, safe_until)]
    survive = _choose_survival(len(loose), chooser)
    number = 0
    content = bytearray(file.initial)
    for change in file.changes:
        if _is_safe(change, safe_until):
            _apply(content, change)
        else:
            for piece in survive(number, change):
                _apply(content, piece)
            number += 1
    return bytes(content)


def _safe_until(syncs: Iterable[Operation], cut: int) -> int:
    """What had ended before this number is on the disk: the last finished sync began then."""
    return max((sync.seq for sync in syncs if sync.end is not None and sync.end <= cut), default=0)


def _is_safe(operation: Operation, safe_until: int) -> bool:
    return operation.end is not None and operation.end < safe_until


def _apply(content: bytearray, change: Operation) -> None:
    if len(content) < change.position:
        content.extend(bytes(change.position - len(content)))
    if change.kind is Kind.TRUNCATE:
        del content[change.position :]
    else:
        content[change.position : change.position + len(change.data)] = change.data


def _choose_survival(
    loose: int, chooser: random.Random
) -> Callable[[int, Operation], Iterator[Operation]]:
    """What becomes of the n-th unsynced change of one file: the pieces of it that survive."""
    sector_bytes = chooser.choice(_SECTORS_BYTES)
    likelihood = _choose_likelihood(loose, chooser)
    rubbish_share = chooser.choice((0.0, 0.0, 0.0, _RUBBISH_SHARE))

    def survive(number: int, change: Operation) -> Iterator[Operation]:
        for piece in _split(change, sector_bytes):
            if chooser.random() < likelihood(number):
                yield piece
            elif piece.data and chooser.random() < rubbish_share:
                piece.data = chooser.randbytes(len(piece.data))
                yield piece

    return survive


def _choose_likelihood(loose: int, chooser: random.Random) -> Callable[[int], float]:
    """How likely a sector of the n-th unsynced change survives."""
    share = chooser.choice((0.0, 1.0, *_SHARES))
    torn = chooser.randint(0, loose)
    beginning = chooser.random() < _BEGINNING_SHARE

    def likelihood(number: int) -> float:
        if not beginning:
            return share
        return 0.5 if number == torn else float(number < torn)

    return likelihood


def _split(change: Operation, sector_bytes: int) -> Iterator[Operation]:
    """A write as the parts that lie in one sector each; a truncation is one part."""
    if change.kind is Kind.TRUNCATE:
        yield change
        return
    start, end = change.position, change.position + len(change.data)
    while start < end:
        stop = min(end, (start // sector_bytes + 1) * sector_bytes)
        data = change.data[start - change.position : stop - change.position]
        yield Operation(Kind.WRITE, change.seq, change.path, start, data)
        start = stop
