"""What a backup holds: every file with its length and digest, and what it needs to be restored."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bitp.config.failure import Failure

FORMAT = 1
"""Changes when an older BitP could not read the folder any more."""

MANIFEST = "manifest.json"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE_FILES = {SQLITE: "database.sqlite3", POSTGRESQL: "database.dump"}
CHUNK_BYTES = 1 << 20
_PURPOSE = b"bitp: which key a backup belongs to"


class Damaged(Failure):
    """The folder is no backup, or not the one that was made."""


class KeptFile(msgspec.Struct, frozen=True):
    """One file of the backup. path: below the backup's folder; sha256: hex."""

    path: str
    length: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """made_us: microseconds UTC; migrations: those the database had seen, app.name;
    key: fingerprint of the secret key that its sealed contents need."""

    format: int
    version: str
    made_us: int
    database: str
    migrations: list[str]
    key: str
    files: list[KeptFile]

    def length(self) -> int:
        """Bytes of all files."""
        return sum(each.length for each in self.files)


def fingerprint_of(secret_key: str) -> str:
    """Names a key without telling anything about it."""
    return hmac.new(secret_key.encode(), _PURPOSE, hashlib.sha256).hexdigest()[:32]


def describe_file(folder: Path, path: Path) -> KeptFile:
    """Reads the file once."""
    digest, length = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            length += len(chunk)
    return KeptFile(path.relative_to(folder).as_posix(), length, digest.hexdigest())


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """As JSON that people can read."""
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    (folder / MANIFEST).write_bytes(text + b"\n")


def get_manifest(folder: Path) -> Manifest:
    """Raises Damaged when there is none, or it cannot be understood."""
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise Damaged(f"{folder} is not a backup: it has no {MANIFEST}") from error
    except (OSError, msgspec.MsgspecError) as error:
        raise Damaged(f"the {MANIFEST} of {folder} cannot be read") from error
    if manifest.format > FORMAT:
        raise Damaged(f"{folder} was made by a newer BitP ({manifest.version}); upgrade first")
    if manifest.database not in DATABASE_FILES:
        raise Damaged(f"{folder} holds a database of an unknown kind")
    return manifest


def check_files(folder: Path, manifest: Manifest) -> Iterator[KeptFile]:
    """Yields each file that is what it was; raises Damaged at the first that is not."""
    names = {each.path for each in manifest.files}
    if DATABASE_FILES[manifest.database] not in names:
        raise Damaged(f"the {MANIFEST} of {folder} names no database")
    for kept in manifest.files:
        path = _inside(folder, kept.path)
        if not path.is_file() or path.is_symlink():
            raise Damaged(f"{kept.path} is missing from {folder}")
        if describe_file(folder, path) != kept:
            raise Damaged(f"{kept.path} is not what was written into {folder}")
        yield kept


def _inside(folder: Path, name: str) -> Path:
    """A manifest from a stranger must not lead out of the folder."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts:
        raise Damaged(f"the {MANIFEST} of {folder} names {name!r}")
    return folder / path
