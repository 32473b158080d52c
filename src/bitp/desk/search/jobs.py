"""Jobs of the search: filling the index with what was written before there was one."""

from __future__ import annotations

from typing import Any

from bitp.desk.search.filling import fill
from bitp.events.jobs import handles, put


@handles("search.fill")
def fill_some(ids: dict[str, Any], key: str) -> None:
    """One lot, in the job's transaction; the next lot is the next job."""
    for added, below in fill(int(ids.get("below", 0))):
        if added:
            put("search.fill", key, {"below": below})
            return
