"""Check of the key before a rotation: whether it may go."""

from __future__ import annotations

from bitp.config.checkup import NOTE, OK, Finding
from bitp.config.environment import Environment


def check_old_key(environment: Environment) -> list[Finding]:
    """Nothing without an old key, or where the database cannot tell."""
    if not environment.secret_key_old:
        return []
    from bitp.config.django_setup import set_up_django

    set_up_django()
    from django.db import Error

    from bitp.desk.webhooks import resealing as webhooks
    from bitp.identity import factors

    try:
        count = factors.count_under_old_keys() + webhooks.count_under_old_keys()
    except Error:
        return []
    if count:
        says = f"{count} sealed secrets still need BITP_SECRET_KEY_OLD; the worker seals them anew"
        return [Finding("old key", NOTE, says)]
    return [Finding("old key", OK, "no sealed secret needs BITP_SECRET_KEY_OLD any more")]
