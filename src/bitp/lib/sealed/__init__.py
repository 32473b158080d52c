"""One store for what people hand over as files: encrypted, whole, and gone when its key is."""

from bitp.lib.sealed.keys import KeyMissing, MasterKeys
from bitp.lib.sealed.reading import Damaged, SealedReader
from bitp.lib.sealed.store import SealedStore
from bitp.lib.sealed.writing import Sealed, SealedWriter

__all__ = [
    "Damaged",
    "KeyMissing",
    "MasterKeys",
    "Sealed",
    "SealedReader",
    "SealedStore",
    "SealedWriter",
]
