"""Puts a backup back, into an installation that has no data yet."""

from __future__ import annotations

import shutil
from pathlib import Path

from bitp.config.backup.databases import (
    SQLITE_FILE,
    Tell,
    holds_database,
    kind_of,
    restore_database,
)
from bitp.config.backup.making import KEPT_FOLDERS
from bitp.config.backup.manifest import (
    DATABASE_FILES,
    Manifest,
    check_files,
    fingerprint_of,
    get_manifest,
)
from bitp.config.data_folder import lock_folder, make_private_folder, sync
from bitp.config.environment import Environment
from bitp.config.failure import Failure

# Where files stand until all of them are there.
FRESH = "restoring"


def check_backup(folder: Path, tell: Tell) -> Manifest:
    """Reads every byte; raises Damaged unless all are as they were written."""
    manifest = get_manifest(folder)
    for count, kept in enumerate(check_files(folder, manifest), start=1):
        tell(f"checked {count} of {len(manifest.files)}: {kept.path}")
    return manifest


def restore_backup(
    environment: Environment, secret_keys: list[str], folder: Path, tell: Tell
) -> Manifest:
    """Restores into ``environment``; nothing is there before everything is.

    Raises Failure, and has changed nothing, when the backup is damaged, needs a newer BitP or
    another key, or would overwrite something.
    """
    manifest = check_backup(folder, tell)
    _check_fits(manifest, environment, secret_keys)
    make_private_folder(environment.data)
    with lock_folder(environment.data):
        if holds_database(environment):
            raise Failure("there is a database already; a restore never overwrites one")
        fresh = environment.data / FRESH
        shutil.rmtree(fresh, ignore_errors=True)
        try:
            fresh.mkdir(mode=0o700)
            _restore(manifest, environment, folder, fresh, tell)
        except OSError as error:
            raise Failure(f"{fresh} cannot be written: {error.strerror or error}") from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _check_fits(manifest: Manifest, environment: Environment, secret_keys: list[str]) -> None:
    kind = kind_of(environment)
    if manifest.database != kind:
        raise Failure(f"the backup holds {manifest.database}, this installation uses {kind}")
    if manifest.key not in map(fingerprint_of, secret_keys):
        raise Failure("the backup belongs to another secret key; set BITP_SECRET_KEY to that one")
    unknown = sorted(set(manifest.migrations) - _known_migrations())
    if unknown:
        raise Failure(f"the backup was made by a newer BitP (it knows {unknown[0]}); upgrade first")


def _known_migrations() -> set[str]:
    from django.db.migrations.loader import MigrationLoader

    known = MigrationLoader(None, ignore_no_migrations=True)
    names = set(known.disk_migrations or {})
    # A squashed migration stands for the ones it replaced.
    names |= {old for each in (known.disk_migrations or {}).values() for old in each.replaces}
    return {f"{app}.{name}" for app, name in names}


def _restore(
    manifest: Manifest, environment: Environment, folder: Path, fresh: Path, tell: Tell
) -> None:
    tell("files")
    for name in KEPT_FOLDERS:
        if (folder / name).is_dir():
            shutil.copytree(folder / name, fresh / name)
    tell("database")
    restore_database(environment, folder / DATABASE_FILES[manifest.database], fresh / SQLITE_FILE)
    for path in fresh.rglob("*"):
        sync(path)
    # The database comes last: where it stands, everything stands.
    for name in (*KEPT_FOLDERS, SQLITE_FILE):
        if (fresh / name).exists():
            (fresh / name).rename(environment.data / name)
    sync(environment.data)
