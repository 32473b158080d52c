"""From the log to the receivers: what is written down for them, and the calls."""

from __future__ import annotations

from typing import Any

import msgspec

from bitp.desk.webhooks import signing
from bitp.desk.webhooks.calling import Answer, call
from bitp.desk.webhooks.changes import (
    JOB,
    KINDS,
    body_of,
    delivery_of,
    secrets_of,
    wake,
    write,
)
from bitp.desk.webhooks.models import Delivery, Webhook
from bitp.desk.webhooks.queries import find_next, is_due
from bitp.desk.webhooks.resealing import reseal
from bitp.desk.webhooks.results import settle
from bitp.events.jobs import handles, put
from bitp.events.tail import Read, consumes
from bitp.identity import resealing
from bitp.lib.clock import now_us

resealing.reseals("webhooks", reseal)

DAY_US = 24 * 3600 * 1_000_000
# How long the delivery log, and what waits in a paused one, is kept.
KEPT_US = 30 * DAY_US
# Rows removed in one transaction; the rest goes with the next.
REMOVED_AT_ONCE = 2_000
PRUNE_AGAIN_US = 1_000_000


@consumes("webhooks")
def write_down(events: list[Read]) -> None:
    """One delivery for each event and each receiver that asked for its kind."""
    wanted = [event for event in events if event.kind in KINDS]
    if not wanted:
        return
    receivers = list(Webhook.objects.all())
    written = [
        _delivery(receiver, event)
        for event in wanted
        for receiver in receivers
        if receiver.takes(event.kind, event.event)
    ]
    if written:
        write(written)
        plan_pruning()


def _delivery(receiver: Webhook, event: Read) -> Delivery:
    data: dict[str, Any] = msgspec.json.decode(event.data)
    lane = str(data.get("conversation") or data.get("reference") or data.get("contact") or "")
    body = body_of(event.kind, event.at_us, {**data, "event": event.event})
    return delivery_of(receiver, event.event, lane, event.kind, body)


def _call(ids: dict[str, Any], _key: str) -> dict[str, Any]:
    """The oldest delivery of the lane, once; outside any transaction."""
    delivery = find_next(ids["webhook"], ids["lane"])
    if delivery is None:
        return {}
    webhook = delivery.webhook
    if webhook.quiet_until_us > now_us():
        return {"later_us": webhook.quiet_until_us}
    timestamp_s = now_us() // 1_000_000
    keys = secrets_of(webhook)
    headers = signing.headers(keys, delivery.message, timestamp_s, delivery.body)
    return {"delivery": delivery.pk, "answer": call(webhook.url, headers, delivery.body)}


@handles(JOB, outside=_call)
def deliver(ids: dict[str, Any], _key: str) -> None:
    """Writes the answer down; what follows is another job."""
    answer: Answer | None = ids.get("answer")
    delivery = Delivery.objects.filter(pk=ids.get("delivery", 0)).first()
    if answer is not None and delivery is not None:
        settle(delivery, answer)
    elif "later_us" in ids:
        wake(ids["webhook"], [ids["lane"]], ids["later_us"])
    elif is_due(ids["webhook"], ids["lane"]):
        wake(ids["webhook"], [ids["lane"]])


def plan_pruning(pause_us: int = DAY_US) -> None:
    """Puts the next removal of old deliveries on its way; call it inside a transaction."""
    put("webhooks.prune", "webhooks:prune", {}, now_us() + pause_us)


@handles("webhooks.prune")
def prune(_ids: dict[str, Any], _key: str) -> None:
    """Removes what is older than it is kept, a part at a time."""
    old = Delivery.objects.filter(created_us__lt=now_us() - KEPT_US).order_by("created_us")
    keys = list(old.values_list("pk", flat=True)[:REMOVED_AT_ONCE])
    Delivery.objects.filter(pk__in=keys).delete()
    if len(keys) == REMOVED_AT_ONCE:
        plan_pruning(PRUNE_AGAIN_US)
