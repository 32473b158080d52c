"""The daily pruning of stream membership: a job that writes down the next one."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from bitp.events.jobs import handles, put
from bitp.events.streams import prune_streams
from bitp.lib.clock import now_us

DAY_US = 24 * 3600 * 1_000_000


def plan_pruning() -> None:
    """Makes sure that today's pruning is written down; called when a worker starts."""
    day = now_us() // DAY_US
    with transaction.atomic():
        put("events.prune", f"prune:{day}", {}, day * DAY_US)


def _prune(_ids: dict[str, Any], _key: str) -> dict[str, Any]:
    return {"dropped": prune_streams(now_us())}


@handles("events.prune", outside=_prune)
def prune_and_plan_next(_ids: dict[str, Any], _key: str) -> None:
    """Prunes (in small transactions of its own) and writes down tomorrow's pruning."""
    day = now_us() // DAY_US + 1
    put("events.prune", f"prune:{day}", {}, day * DAY_US)
