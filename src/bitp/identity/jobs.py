"""Work that signing in puts off: sealing anew after a rotation of the key."""

from __future__ import annotations

from typing import Any

from bitp.events.jobs import handles
from bitp.identity import factors, resealing

resealing.reseals("authenticators", factors.reseal)


@handles(resealing.KIND)
def reseal(ids: dict[str, Any], key: str) -> None:  # noqa: ARG001
    """A hundred rows more."""
    resealing.reseal_some(ids)
