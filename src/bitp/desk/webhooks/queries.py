"""Reads about webhooks; for operators, as the views' rights say."""

from __future__ import annotations

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from bitp.desk.webhooks.errors import NoWebhook
from bitp.desk.webhooks.models import STATES, WAITING, Delivery, Webhook

DELIVERIES_PER_PAGE = 50


def webhooks() -> QuerySet[Webhook]:
    """All of them with the count of what waits, oldest first."""
    waiting = Count("deliveries", filter=Q(deliveries__state=WAITING))
    return Webhook.objects.annotate(waiting=waiting).order_by("pk")


def get_webhook(webhook_id: int) -> Webhook:
    """Raises NoWebhook."""
    found = webhooks().filter(pk=webhook_id).first()
    if found is None:
        raise NoWebhook
    return found


def deliveries(webhook: Webhook, state: str, page: int) -> Page[Delivery]:
    """A page of the delivery log, newest event first; ``state``: only those, "" for all."""
    found = Delivery.objects.filter(webhook=webhook).order_by("-event", "-pk")
    if state in STATES:
        found = found.filter(state=state)
    return Paginator(found, DELIVERIES_PER_PAGE).get_page(page)


def find_next(webhook_id: int, lane: str) -> Delivery | None:
    """What the receiver gets next of this conversation: always the oldest that it lacks."""
    waiting = Delivery.objects.select_related("webhook").filter(
        webhook=webhook_id, webhook__paused_us=0, lane=lane, state=WAITING
    )
    return waiting.order_by("event", "pk").first()


def is_due(webhook_id: int, lane: str) -> bool:
    """Whether the receiver lacks something of this conversation and is not paused."""
    return find_next(webhook_id, lane) is not None
