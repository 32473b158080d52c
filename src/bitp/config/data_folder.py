"""The folder of everything this installation keeps: made private, used by one start at a time."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import stat
from pathlib import Path
from typing import IO

from bitp.config.failure import Failure

SECRET_KEY_BYTES = 48
# At least one of these stands in every folder of ours.
OUR_FILES = ("supervisor.lock", "secret-key", "bitp.sqlite3")


class DataFolderRefused(Failure):
    """The folder cannot be used; says why and what to do."""


def make_private_folder(folder: Path) -> None:
    """Creates it for our user alone; an existing one keeps its rights."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise DataFolderRefused(f"cannot create {folder}: {error.strerror}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise DataFolderRefused(f"cannot write to {folder}; give it to the user that runs BitP")


def others_may_read(folder: Path) -> bool:
    """Whether group or others have any right on it."""
    return bool(stat.S_IMODE(folder.stat().st_mode) & 0o077)


def lock_folder(folder: Path) -> IO[str]:
    """Marks the folder as in use while the returned file stays open, also against kill -9.

    Raises DataFolderRefused when another start uses it.
    """
    holder = (folder / "supervisor.lock").open("a+")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder.seek(0)
        by = f" by process {holder.read().strip()}"
        holder.close()
        raise DataFolderRefused(f"{folder} is in use{by}; stop it first") from error
    holder.truncate(0)
    holder.write(str(os.getpid()))
    holder.flush()
    return holder


def check_ours(folder: Path) -> None:
    """Raises DataFolderRefused when the folder holds something, but nothing of BitP."""
    names = {each.name for each in folder.iterdir()} if folder.exists() else set()
    if names and names.isdisjoint(OUR_FILES):
        raise DataFolderRefused(f"{folder} is not a data folder of BitP; nothing was removed")


def empty_folder(folder: Path) -> None:
    """Removes what a former run kept. Call it while holding the lock, after check_ours."""
    for each in folder.iterdir():
        if each.name == "supervisor.lock":
            continue
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each)
        else:
            each.unlink()


def get_secret_key(folder: Path) -> str:
    """The folder's own key, made at the first call, readable by our user alone."""
    path = folder / "secret-key"
    if not path.exists():
        fresh = folder / "secret-key.new"
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT, 0o600), "w") as key_file:
            key_file.write(secrets.token_urlsafe(SECRET_KEY_BYTES))
            key_file.flush()
            os.fsync(key_file.fileno())
        fresh.replace(path)
        sync(folder)
    return path.read_text()


def sync(path: Path) -> None:
    """After this a file's contents, or a folder's names, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
