"""Makes a backup of an installation that is running, or not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bitp.config.backup.databases import Tell, check_exists, copy_database, kind_of
from bitp.config.backup.manifest import (
    DATABASE_FILES,
    FORMAT,
    Manifest,
    describe_file,
    fingerprint_of,
    write_manifest,
)
from bitp.config.data_folder import sync
from bitp.config.environment import Environment
from bitp.config.failure import Failure
from bitp.lib.clock import now_us

KEPT_FOLDERS = ("sealed",)
"""Folders of the data folder that belong to a backup, beside the database."""

# Told after so many files.
TELL_EVERY_FILES = 500


def make_backup(environment: Environment, secret_key: str, folder: Path, tell: Tell) -> Manifest:
    """Writes the backup to ``folder``, which must not exist; it exists only when complete.

    The database comes first: each file that its rows name was complete before its row was.
    """
    if folder.exists():
        raise Failure(f"{folder} exists already; name a new folder")
    check_exists(environment)
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(mode=0o700, parents=True)
        manifest = _fill(partial, environment, secret_key, tell)
        for path in partial.rglob("*"):
            sync(path)
        sync(partial)
        partial.rename(folder)
        sync(folder.parent)
    except OSError as error:
        raise Failure(f"{folder} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _fill(partial: Path, environment: Environment, secret_key: str, tell: Tell) -> Manifest:
    kind = kind_of(environment)
    tell("database")
    migrations = _seen_migrations()
    copy_database(environment, partial / DATABASE_FILES[kind], tell)
    for name in KEPT_FOLDERS:
        _copy_folder(environment.data / name, partial / name, tell)
    tell("digests")
    files = [describe_file(partial, path) for path in _files_below(partial)]
    manifest = Manifest(
        FORMAT, _version(), now_us(), kind, migrations, fingerprint_of(secret_key), files
    )
    write_manifest(partial, manifest)
    return manifest


def _copy_folder(source: Path, target: Path, tell: Tell) -> None:
    for count, path in enumerate(_files_below(source), start=1):
        copy = target / path.relative_to(source)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy)
        except FileNotFoundError:  # erased while we copied; its row knows
            continue
        if count % TELL_EVERY_FILES == 0:
            tell(f"{source.name}: {count} files")


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _seen_migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied)


def _version() -> str:
    try:
        return version("bitp")
    except PackageNotFoundError:
        return "checkout"
