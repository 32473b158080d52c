"""What the worker does for the API: old answers go, and tokens of whoever left."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.desk.api.changes import revoke_tokens_of
from bitp.desk.api.idempotency import forget_old_answers
from bitp.events.jobs import handles
from bitp.events.tail import Read, consumes


@consumes("api.tokens")
def revoke_when_somebody_leaves(events: list[Read]) -> None:
    """A member who comes back later does not find old tokens working again."""
    for event in events:
        if event.kind == "staff.deactivated":
            revoke_tokens_of(msgspec.json.decode(event.data)["member"], event.event)


def _forget(_ids: dict[str, Any], _key: str) -> dict[str, Any]:
    return {"forgotten": forget_old_answers()}


@handles("api.forget_answers", outside=_forget)
def forget_answers(_ids: dict[str, Any], _key: str) -> None:
    """Answers older than a day are gone, deleted in small transactions before this one."""
