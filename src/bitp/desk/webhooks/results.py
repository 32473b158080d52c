"""What a call's answer means for the delivery, its receiver, and what is sent next."""

from __future__ import annotations

from bitp.desk.staff.changes import By
from bitp.desk.webhooks.calling import GONE, Answer
from bitp.desk.webhooks.changes import pause, wake
from bitp.desk.webhooks.models import DELIVERED, FAILED, WAITING, Delivery, Webhook
from bitp.desk.webhooks.notice import put_notice
from bitp.desk.webhooks.queries import find_next
from bitp.lib.clock import now_us

S_US = 1_000_000
HOUR_US = 3600 * S_US
# Waits after the first, second … failure; then the last one again and again. A receiver that was
# down for a day is found again within the hour.
WAITS_S = (5, 30, 120, 300, 900, 1800, 3600)
# About 36 hours; then this one is given up, so that what comes after it is not held up for ever.
ATTEMPTS_MAX = 40
# So many failures in a row, whatever the conversation: then only one call at a time tries it.
FAILURES_TO_QUIET = 3
# Nothing was taken for so long: a person has to look at it.
FAILING_MAX_US = 3 * 24 * HOUR_US

GAVE_UP, SAID_GONE = "failing", "gone"


def settle(delivery: Delivery, answer: Answer) -> None:
    """Writes the answer down and puts what follows on its way; call it inside a transaction."""
    webhook = Webhook.objects.select_for_update().get(pk=delivery.webhook_id)
    delivery.attempts += 1
    delivery.last_us, delivery.last_ms = now_us(), answer.milliseconds
    delivery.last_status, delivery.last_error = answer.status, answer.error
    if answer.is_taken:
        _take(webhook, delivery)
    else:
        _fail(webhook, delivery, answer)
    delivery.save()
    webhook.save(update_fields=["failures", "failing_since_us", "quiet_until_us"])
    _go_on(webhook, delivery)


def _take(webhook: Webhook, delivery: Delivery) -> None:
    delivery.state = DELIVERED
    webhook.failures = webhook.failing_since_us = webhook.quiet_until_us = 0


def _fail(webhook: Webhook, delivery: Delivery, answer: Answer) -> None:
    moment_us = now_us()
    webhook.failures += 1
    webhook.failing_since_us = webhook.failing_since_us or moment_us
    if delivery.attempts >= ATTEMPTS_MAX:
        delivery.state = FAILED
    if webhook.failures >= FAILURES_TO_QUIET:
        webhook.quiet_until_us = moment_us + wait_us(webhook.failures - FAILURES_TO_QUIET + 1)
    if answer.status == GONE or moment_us - webhook.failing_since_us > FAILING_MAX_US:
        why = SAID_GONE if answer.status == GONE else GAVE_UP
        pause(webhook.pk, By(), why)
        put_notice(webhook, why)


def wait_us(failures: int) -> int:
    """How long to wait after so many failures in a row."""
    return WAITS_S[min(failures, len(WAITS_S)) - 1] * S_US


def _go_on(webhook: Webhook, delivery: Delivery) -> None:
    if delivery.state == WAITING:
        due_us = max(delivery.last_us + wait_us(delivery.attempts), webhook.quiet_until_us)
        wake(webhook.pk, [delivery.lane], due_us)
    elif find_next(webhook.pk, delivery.lane):
        wake(webhook.pk, [delivery.lane])
