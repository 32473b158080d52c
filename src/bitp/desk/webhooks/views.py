"""The operator's pages about webhooks: where to, what was sent, what came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bitp.desk.staff.asking import by_of, page_number
from bitp.desk.staff.changes import By
from bitp.desk.staff.models import OPERATOR
from bitp.desk.staff.rights import StaffRequest, role
from bitp.desk.webhooks import changes, queries
from bitp.desk.webhooks.errors import NoWebhook, WebhookError
from bitp.desk.webhooks.forms import WebhookForm
from bitp.desk.webhooks.models import FAILED, STATES, Webhook


@role(OPERATOR)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """Every webhook and how it fares."""
    return render(request, "webhooks/overview.html", {"webhooks": queries.webhooks()})


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def add(request: StaffRequest) -> HttpResponse:
    """A new one; its secret is shown once, on the answer."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = changes.add(**form.cleaned_data, by=by_of(request))
        except WebhookError as error:
            form.add_error("url", str(error.says))
        else:
            return _secret_page(request, made, secret)
    return render(request, "webhooks/add.html", {"form": form})


@role(OPERATOR)
@require_safe
def webhook(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """One webhook with its delivery log."""
    return _page(request, _get(webhook_id))


@role(OPERATOR, proved=True)
@require_POST
def change(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Another address, other kinds."""
    shown, form = _get(webhook_id), WebhookForm(request.POST)
    if form.is_valid():
        try:
            changes.change(webhook_id, **form.cleaned_data, by=by_of(request))
        except WebhookError as error:
            form.add_error("url", str(error.says))
        else:
            return _done(request, webhook_id, _("Changed, from the next event on."))
    return _page(request, shown, form, 400)


@role(OPERATOR, proved=True)
@require_POST
@never_cache
def change_secret(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Another secret, shown once; the one before signs too for a day."""
    shown = _get(webhook_id)
    return _secret_page(request, shown, changes.change_secret(webhook_id, by_of(request)))


@role(OPERATOR, proved=True)
@require_POST
def pause(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Nothing is sent until it is resumed."""
    return _do(request, webhook_id, changes.pause, _("Paused. What happens meanwhile waits."))


@role(OPERATOR, proved=True)
@require_POST
def resume(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Everything that waits is sent."""
    return _do(request, webhook_id, changes.resume, _("Resumed. What waited is on its way."))


@role(OPERATOR, proved=True)
@require_POST
def send_test(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """An event of kind webhook.tested."""
    says = _("A test is on its way. Reload this page to see the answer.")
    return _do(request, webhook_id, changes.send_test, says)


@role(OPERATOR, proved=True)
@require_POST
def send_failed_again(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """Everything that was given up, once more."""
    _get(webhook_id)
    count = changes.send_failed_again(webhook_id, by_of(request))
    says = ngettext("%(count)s event is sent again.", "%(count)s events are sent again.", count)
    return _done(request, webhook_id, says % {"count": count})


@role(OPERATOR, proved=True)
@require_POST
def send_again(request: StaffRequest, webhook_id: int, delivery_id: int) -> HttpResponse:
    """One event, once more, under the id it had."""
    try:
        changes.send_again(webhook_id, delivery_id, by_of(request))
    except NoWebhook as error:
        raise Http404 from error
    return _done(request, webhook_id, _("It is sent again."))


@role(OPERATOR, proved=True)
@require_POST
def remove(request: StaffRequest, webhook_id: int) -> HttpResponse:
    """It and its delivery log are gone."""
    _get(webhook_id)
    changes.remove(webhook_id, by_of(request))
    messages.success(request, _("Removed. Nothing is sent there any more."))
    return HttpResponseRedirect(reverse("webhooks:overview"))


def _do(
    request: StaffRequest, webhook_id: int, change: Callable[[int, By], object], says: str
) -> HttpResponse:
    _get(webhook_id)
    change(webhook_id, by_of(request))
    return _done(request, webhook_id, says)


def _done(request: StaffRequest, webhook_id: int, says: str) -> HttpResponse:
    messages.success(request, says)
    return HttpResponseRedirect(reverse("webhooks:webhook", args=[webhook_id]))


def _page(
    request: StaffRequest, shown: Webhook, form: WebhookForm | None = None, status: int = 200
) -> HttpResponse:
    state = request.GET.get("state", "")
    page = queries.deliveries(shown, state, page_number(request))
    context: dict[str, Any] = {
        "shown": shown,
        "form": form or WebhookForm(initial={"url": shown.url, "kinds": shown.kinds.split()}),
        "page": page,
        "state": state if state in STATES else "",
        "has_failed": shown.deliveries.filter(state=FAILED).exists(),
    }
    return render(request, "webhooks/webhook.html", context, status=status)


def _secret_page(request: StaffRequest, shown: Webhook, secret: str) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"shown": shown, "secret": secret})


def _get(webhook_id: int) -> Webhook:
    try:
        return queries.get_webhook(webhook_id)
    except NoWebhook as error:
        raise Http404 from error
