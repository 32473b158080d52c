"""After a rotation of the installation's key: the secrets of webhooks take the new one."""

from __future__ import annotations

from bitp.desk.webhooks.changes import PURPOSE
from bitp.desk.webhooks.models import Webhook
from bitp.identity.sealing import needs_old_key, seal, unseal

FIELDS = ("secret", "old_secret")


def reseal(after: int, most: int) -> tuple[int, int]:
    """Seals secrets with the present key, as ``bitp.identity.resealing.Part`` says."""
    rows = Webhook.objects.select_for_update().filter(pk__gt=after)
    looked_at = list(rows.order_by("pk")[:most])
    old = [each for each in looked_at if _needs_old_key(each)]
    for webhook in old:
        for name in FIELDS:
            sealed = getattr(webhook, name)
            if sealed and needs_old_key(sealed, PURPOSE):
                setattr(webhook, name, seal(unseal(sealed, PURPOSE), PURPOSE))
        webhook.save(update_fields=FIELDS)
    return len(old), looked_at[-1].pk if len(looked_at) == most else 0


def count_under_old_keys() -> int:
    """Webhooks that could not sign any more if the key from before the rotation went now."""
    return sum(map(_needs_old_key, Webhook.objects.all()))


def _needs_old_key(webhook: Webhook) -> bool:
    sealed = [getattr(webhook, name) for name in FIELDS]
    return any(each and needs_old_key(each, PURPOSE) for each in sealed)
