"""Where this backend differs from Django's."""

from __future__ import annotations

from django.db.backends.sqlite3 import features


class DatabaseFeatures(features.DatabaseFeatures):
    # A half-read SELECT pins its snapshot: a write by the same connection would then fail at
    # once as soon as anybody else had committed, and the log could not be emptied meanwhile.
    can_use_chunked_reads = False
