"""Looking into the streams that clients follow."""

from __future__ import annotations

from bitp.events.streams import entries_after

# More than any test puts into one stream.
ENTRIES_MAX = 1000


def kinds(stream: str) -> list[str]:
    """The kind of each event in the stream, in order."""
    return [entry.kind for entry in entries_after(stream, 0, ENTRIES_MAX)]
