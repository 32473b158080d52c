"""The installation's sealed store, as the desk uses it."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from bitp.lib.sealed import MasterKeys, SealedStore

FOLDER = "sealed"


def sealed_files() -> SealedStore:
    """The store of this installation, by its settings as they are now."""
    folder = settings.ENVIRONMENT.data / FOLDER
    return SealedStore(folder, _keys(settings.FILES_KEY, tuple(settings.FILES_KEY_OLD)))


@cache
def _keys(secret: str, old: tuple[str, ...]) -> MasterKeys:
    return MasterKeys(secret, old)
