"""After a rotation of the key: everything sealed takes the new one, a few rows at a time.

Written down when a worker starts while an old key is set (BITP_SECRET_KEY_OLD). When it is done
the old key opens nothing that is still needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction

from bitp.events.jobs import put
from bitp.events.log import Fact, append
from bitp.identity.sealing import key_name

KIND = "identity.reseal"
# Rows of one transaction: whoever writes meanwhile waits for some milliseconds.
AT_ONCE = 100

# Given the last row looked at and how many to look at, seals those among them anew that only an
# old key opens; returns how many those were, and the last row looked at (0: there are no more).
Part = Callable[[int, int], tuple[int, int]]
_parts: dict[str, Part] = {}


def reseals(name: str, part: Part) -> None:
    """Registers whose secrets are sealed; from a domain's ``jobs``."""
    _parts[name] = part


def plan_resealing() -> None:
    """Writes the work down if there is an old key; called when a worker starts."""
    if not settings.SECRET_KEY_FALLBACKS:
        return
    with transaction.atomic():
        for name in _parts:
            _put(name, 0)


def reseal_some(ids: dict[str, Any]) -> None:
    """One step of a part, and the next one written down; inside the job's transaction."""
    count, last = _parts[ids["part"]](ids["after"], AT_ONCE)
    if count:
        append([Fact("identity.resealed", {"part": ids["part"], "count": count})])
    if last:
        _put(ids["part"], last)


def _put(part: str, after: int) -> None:
    # The key's name: after another rotation it is other work.
    put(KIND, f"{KIND}:{key_name()}:{part}:{after}", {"part": part, "after": after})
