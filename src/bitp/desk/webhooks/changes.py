"""Every write about webhooks, each with its event."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from bitp.desk.staff.changes import By
from bitp.desk.webhooks import signing
from bitp.desk.webhooks.addresses import read_url, resolve
from bitp.desk.webhooks.errors import NoWebhook, TooManyWebhooks
from bitp.desk.webhooks.models import FAILED, WAITING, Delivery, Webhook
from bitp.events import jobs
from bitp.events.log import Fact, append
from bitp.identity.sealing import seal, unseal
from bitp.lib.canonical import canonical_json
from bitp.lib.clock import from_us, now_us
from bitp.lib.ids import new_token

PURPOSE = "webhook"
JOB = "webhooks.deliver"
# An installation tells a handful of programs; each event is written down for each of them.
WEBHOOKS_MAX = 50
# So long both secrets sign after a change, that the receiver can take its time.
OLD_SECRET_US = 24 * 3600 * 1_000_000
# What may be asked for: the kinds of events about conversations.
KINDS = (
    "conversation.opened",
    "conversation.changed",
    "conversation.assigned",
    "conversation.unassigned",
    "message.posted",
    "contact.created",
    "contact.merged",
)
TEST_KIND, TEST_LANE = "webhook.tested", "test"
BY_OPERATOR = "operator"


def add(url: str, kinds: list[str], by: By) -> tuple[Webhook, str]:
    """A new webhook, and its secret for showing it once. Raises BadAddress, TooManyWebhooks."""
    resolve(read_url(url))
    secret = signing.new_secret()
    with transaction.atomic():
        if Webhook.objects.count() >= WEBHOOKS_MAX:
            raise TooManyWebhooks
        webhook = Webhook.objects.create(
            url=url,
            kinds=_joined(kinds),
            secret=seal(secret, PURPOSE),
            since_event=0,
            created_by=by.member,
            created_us=now_us(),
        )
        webhook.since_event = _record("webhook.added", webhook, by, url=url, kinds=webhook.kinds)
        webhook.save(update_fields=["since_event"])
    return webhook, secret


def change(webhook_id: int, url: str, kinds: list[str], by: By) -> None:
    """Another address or other kinds, from the next event on. Raises BadAddress, NoWebhook."""
    resolve(read_url(url))
    with transaction.atomic():
        webhook = _lock(webhook_id)
        before = {"url": webhook.url, "kinds": webhook.kinds}
        webhook.url, webhook.kinds = url, _joined(kinds)
        webhook.save(update_fields=["url", "kinds"])
        after = {"url": webhook.url, "kinds": webhook.kinds}
        _record("webhook.changed", webhook, by, before=before, after=after)


def change_secret(webhook_id: int, by: By) -> str:
    """A new secret; the one before signs too for a day. Raises NoWebhook."""
    secret = signing.new_secret()
    with transaction.atomic():
        webhook = _lock(webhook_id)
        webhook.old_secret, webhook.old_until_us = webhook.secret, now_us() + OLD_SECRET_US
        webhook.secret = seal(secret, PURPOSE)
        webhook.save(update_fields=["secret", "old_secret", "old_until_us"])
        _record("webhook.secret_changed", webhook, by)
    return secret


def remove(webhook_id: int, by: By) -> None:
    """Nothing is sent any more, and its delivery log goes. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        _record("webhook.removed", webhook, by, url=webhook.url)
        webhook.delete()


def pause(webhook_id: int, by: By, why: str = BY_OPERATOR) -> None:
    """Nothing is sent until it is resumed; what happens meanwhile waits. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        if webhook.paused_us:
            return
        webhook.paused_us, webhook.paused_why = now_us(), why
        webhook.save(update_fields=["paused_us", "paused_why"])
        _record("webhook.paused", webhook, by, why=why)


def resume(webhook_id: int, by: By) -> None:
    """Everything that waits is sent, each conversation in its order. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        webhook.paused_us = webhook.failures = webhook.failing_since_us = 0
        webhook.quiet_until_us, webhook.paused_why = 0, ""
        webhook.save()
        _record("webhook.resumed", webhook, by)
        waiting = Delivery.objects.filter(webhook=webhook, state=WAITING)
        wake_now(webhook.pk, list(waiting.values_list("lane", flat=True).distinct()))


def send_test(webhook_id: int, by: By) -> None:
    """Puts an event of kind webhook.tested on its way. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        event = _record("webhook.tested", webhook, by)
        body = body_of(TEST_KIND, now_us(), {"webhook": webhook.pk})
        write([delivery_of(webhook, event, TEST_LANE, TEST_KIND, body)])


def send_again(webhook_id: int, delivery_id: int, by: By) -> None:
    """Sends one delivery again, under the id it had. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        delivery = Delivery.objects.filter(webhook=webhook, pk=delivery_id).first()
        if delivery is None:
            raise NoWebhook
        _send_again(webhook, [delivery])
        _record("webhook.sent_again", webhook, by, event=delivery.event)


def send_failed_again(webhook_id: int, by: By) -> int:
    """Sends everything again that was given up; returns how many. Raises NoWebhook."""
    with transaction.atomic():
        webhook = _lock(webhook_id)
        failed = list(Delivery.objects.filter(webhook=webhook, state=FAILED))
        _send_again(webhook, failed)
        _record("webhook.sent_again", webhook, by, count=len(failed))
    return len(failed)


def delivery_of(webhook: Webhook, event: int, lane: str, kind: str, body: str) -> Delivery:
    """A row that is not stored yet."""
    message = f"msg_{new_token()}"
    return Delivery(
        webhook=webhook,
        event=event,
        message=message,
        lane=lane,
        kind=kind,
        body=body,
        created_us=now_us(),
    )


def body_of(kind: str, at_us: int, data: dict[str, Any]) -> str:
    """The JSON of one event as the Standard Webhooks specification shapes it."""
    timestamp = from_us(at_us).isoformat().replace("+00:00", "Z")
    return canonical_json({"type": kind, "timestamp": timestamp, "data": data})


def write(deliveries: list[Delivery]) -> None:
    """Stores deliveries and wakes their lanes; call it inside the transaction."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    lanes: dict[int, set[str]] = {}
    for each in deliveries:
        lanes.setdefault(each.webhook_id, set()).add(each.lane)
    for webhook, names in lanes.items():
        wake(webhook, sorted(names))


def wake(webhook_id: int, lanes: list[str], due_us: int | None = None) -> None:
    """A job for each lane that has something to send; one that is there already stays."""
    ids = {key_of(webhook_id, lane): {"webhook": webhook_id, "lane": lane} for lane in lanes}
    jobs.put_all(JOB, ids, due_us)


def wake_now(webhook_id: int, lanes: list[str]) -> None:
    """The same, without waiting for the next try: a person asked for it."""
    wake(webhook_id, lanes)
    jobs.hasten(key_of(webhook_id, lane) for lane in lanes)


def key_of(webhook_id: int, lane: str) -> str:
    """The key of the job that sends a lane's deliveries one after the other."""
    return f"webhook:{webhook_id}:{lane}"


def secrets_of(webhook: Webhook) -> list[str]:
    """The secrets that sign now, the newest first."""
    sealed = [webhook.secret, *([webhook.old_secret] if webhook.old_until_us > now_us() else [])]
    return [unseal(each, PURPOSE) for each in sealed]


def _send_again(webhook: Webhook, deliveries: list[Delivery]) -> None:
    keys = [each.pk for each in deliveries]
    Delivery.objects.filter(pk__in=keys).update(state=WAITING, attempts=0)
    Webhook.objects.filter(pk=webhook.pk).update(quiet_until_us=0)
    wake_now(webhook.pk, sorted({each.lane for each in deliveries}))


def _lock(webhook_id: int) -> Webhook:
    found = Webhook.objects.select_for_update().filter(pk=webhook_id).first()
    if found is None:
        raise NoWebhook
    return found


def _joined(kinds: list[str]) -> str:
    return " ".join(kind for kind in KINDS if kind in kinds)


def _record(kind: str, webhook: Webhook, by: By, **facts: Any) -> int:
    return append([Fact(kind, {"webhook": webhook.pk, **facts}, envelope=by.envelope())])[0]
