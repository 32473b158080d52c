"""Where other programs want to be told what happened, and what was told them. Times ``*_us``:
microseconds UTC."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from bitp.desk.staff.models import Member

URL_MAX_CHARACTERS = 500

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
STATES = (WAITING, DELIVERED, FAILED)


class Webhook(models.Model):
    """One receiver. secret: sealed; old_secret signs too until old_until_us.

    kinds: event kinds with a space between, empty for all; since_event: only later events.
    failures: in a row, over all conversations; failing_since_us: of the first of them, else 0;
    quiet_until_us: nothing is sent before, so that a receiver that is down is not hammered.
    paused_us: 0 while it works; paused_why: a code of PAUSES.
    """

    url = models.CharField(max_length=URL_MAX_CHARACTERS)
    secret = models.CharField(max_length=300)
    old_secret = models.CharField(max_length=300, default="")
    old_until_us = models.BigIntegerField(default=0)
    kinds = models.CharField(max_length=500, default="")
    since_event = models.BigIntegerField()
    created_by = models.ForeignKey(Member, null=True, on_delete=models.PROTECT)
    created_us = models.BigIntegerField()
    failures = models.IntegerField(default=0)
    failing_since_us = models.BigIntegerField(default=0)
    quiet_until_us = models.BigIntegerField(default=0)
    paused_us = models.BigIntegerField(default=0)
    paused_why = models.CharField(max_length=20, default="")

    def takes(self, kind: str, event: int) -> bool:
        """Whether the receiver asked for such an event, before it happened."""
        return event > self.since_event and (not self.kinds or kind in self.kinds.split())


class Delivery(models.Model):
    """One event for one receiver. body: the JSON as it is sent, ids and plain facts only.

    lane: what keeps its order, a conversation's reference; number: the message's id is made of
    it; last_status: HTTP, 0 for no answer; last_error: a code of calling.ERRORS.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    event = models.BigIntegerField()
    message = models.CharField(max_length=40)
    lane = models.CharField(max_length=40)
    kind = models.CharField(max_length=60)
    body = models.TextField()
    state = models.CharField(max_length=10, default=WAITING)
    created_us = models.BigIntegerField()
    attempts = models.SmallIntegerField(default=0)
    last_us = models.BigIntegerField(default=0)
    last_status = models.SmallIntegerField(default=0)
    last_error = models.CharField(max_length=20, default="")
    last_ms = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["webhook", "event", "kind"], name="webhook_event_once"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="webhook_state"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "lane", "event"],
                condition=models.Q(state=WAITING),
                name="webhook_lane_waiting",
            ),
            models.Index(fields=["webhook", "-event"], name="webhook_log"),
            models.Index(fields=["created_us"], name="webhook_delivery_age"),
        ]
