"""Jobs of attachments: asking clamd again, removing what was never sent, and what nobody names."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from bitp.desk.attachments import changes
from bitp.desk.attachments.models import CHECKING, Attachment
from bitp.desk.attachments.receiving import find_harm
from bitp.desk.attachments.storage import sealed_files
from bitp.events.jobs import handles, put
from bitp.lib.clock import now_us

DAY_US = 24 * 3600 * 1_000_000
# The store is looked through for files without a row once a day; younger ones may still get one.
ORPHAN_S = 24 * 3600
ROWS_AT_ONCE = 500
SWEEP = "attachments.sweep"


def _ask(ids: dict[str, Any], _key: str) -> dict[str, Any]:
    """What clamd says now; raises clamd.Unavailable, and then the job is tried again."""
    row = Attachment.objects.filter(reference=ids["attachment"], state=CHECKING).first()
    return {"harm": find_harm(sealed_files(), row.file, row.key) if row else ""}


@handles(changes.CHECK, outside=_ask)
def check(ids: dict[str, Any], _key: str) -> None:
    """The held file is given free or erased."""
    changes.set_checked(ids["attachment"], ids["harm"])


@handles(changes.REMOVE)
def remove_unsent(ids: dict[str, Any], _key: str) -> None:
    """A day has passed since the file was handed over."""
    changes.remove_unsent(ids["attachment"])


def plan_sweep() -> None:
    """Makes sure that today's look through the store is written down."""
    day = now_us() // DAY_US
    with transaction.atomic():
        put(SWEEP, f"sweep:{day}", {}, day * DAY_US)


def _sweep(_ids: dict[str, Any], _key: str) -> dict[str, Any]:
    store = sealed_files()
    dropped = store.drop_unfinished(ORPHAN_S)
    names = list(store.names(ORPHAN_S))
    for start in range(0, len(names), ROWS_AT_ONCE):
        some = names[start : start + ROWS_AT_ONCE]
        for name in set(some) - _named(some):
            store.remove(name)
            dropped += 1
    _rewrap_old()
    _check_held()
    return {"dropped": dropped}


def _named(names: list[str]) -> set[str]:
    files = Attachment.objects.filter(file__in=names).values_list("file", flat=True)
    small = Attachment.objects.filter(thumbnail_file__in=names)
    return {*files, *small.values_list("thumbnail_file", flat=True)}


def _rewrap_old() -> None:
    """After a rotation of the master key: row by row, in small transactions."""
    if not settings.FILES_KEY_OLD:
        return
    current = sealed_files().keys.current
    rows = Attachment.objects.exclude(key="").exclude(key__startswith=f"{current}:")
    for row in rows.order_by("pk").iterator(ROWS_AT_ONCE):
        changes.rewrap(row)


def _check_held() -> None:
    """A check whose job gave up after its last try begins anew the next day."""
    with transaction.atomic():
        held = Attachment.objects.filter(state=CHECKING).values_list("reference", flat=True)
        for reference in held[:ROWS_AT_ONCE]:
            day = now_us() // DAY_US
            put(changes.CHECK, f"check:{reference}:{day}", {"attachment": reference})


@handles(SWEEP, outside=_sweep)
def sweep_and_plan_next(_ids: dict[str, Any], _key: str) -> None:
    """Looks through the store and writes down tomorrow's look."""
    day = now_us() // DAY_US + 1
    put(SWEEP, f"sweep:{day}", {}, day * DAY_US)
