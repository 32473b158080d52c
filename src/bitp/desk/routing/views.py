"""Operators set up queues, hours and people at /console/queues/; nothing is decided here."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bitp.desk.routing import setting_up
from bitp.desk.routing.forms import (
    NewQueueForm,
    QueueForm,
    SeatForm,
    initial_of,
    initial_of_seat,
    name_of,
)
from bitp.desk.routing.models import Queue, Seat
from bitp.desk.routing.overview import answering_members, people_shown, queues_shown
from bitp.desk.routing.queues import MAIN, all_queues
from bitp.desk.staff.asking import by_of
from bitp.desk.staff.errors import StaffError
from bitp.desk.staff.models import OPERATOR, Member
from bitp.desk.staff.rights import StaffRequest, role


@role(OPERATOR)
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """All queues, and everybody who answers."""
    context = {"queues": queues_shown(), "people": people_shown()}
    return render(request, "routing/overview.html", context)


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """A new queue."""
    form = NewQueueForm(request.POST or None, members=answering_members())
    if request.method == "POST" and form.is_valid():
        try:
            values, key = form.values(), form.cleaned_data["key"]
            setting_up.add_queue(key, values, form.ranks(), by_of(request))
        except StaffError as error:
            form.add_error("key", str(error.says))
        else:
            messages.success(request, _("The queue takes in conversations from now on."))
            return _back()
    return _page(request, "routing/add.html", {"form": form})


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
def queue(request: StaffRequest, key: str) -> HttpResponse:
    """One queue: what it takes, when, and who answers."""
    shown = _get(key)
    form = QueueForm(request.POST or None, initial=initial_of(shown), members=answering_members())
    if request.method == "POST" and form.is_valid():
        try:
            setting_up.change_queue(key, form.values(), form.ranks(), by_of(request))
        except StaffError as error:
            form.add_error("topics", str(error.says))
        else:
            messages.success(request, _("The queue was changed."))
            return _back()
    context = {"form": form, "shown": shown, "name": name_of(shown), "is_main": key == MAIN}
    return _page(request, "routing/queue.html", context)


@role(OPERATOR, proved=True)
@require_POST
def close(request: StaffRequest, key: str) -> HttpResponse:
    """The queue takes in nothing new."""
    _get(key)
    try:
        setting_up.close_queue(key, by_of(request))
    except StaffError as error:
        messages.error(request, str(error.says))
    else:
        messages.success(request, _("The queue takes in nothing new."))
    return _back()


@role(OPERATOR, proved=True)
@require_POST
def reopen(request: StaffRequest, key: str) -> HttpResponse:
    """The queue takes in conversations again."""
    _get(key)
    setting_up.open_queue(key, by_of(request))
    messages.success(request, _("The queue takes in conversations from now on."))
    return _back()


@role(OPERATOR, proved=True)
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: StaffRequest, member_id: int) -> HttpResponse:
    """How much one person answers at once, and in which languages."""
    shown = answering_members().filter(pk=member_id).first()
    if shown is None:
        raise Http404
    seat = Seat.objects.filter(member=shown).first()
    form = SeatForm(request.POST or None, initial=initial_of_seat(seat))
    if request.method == "POST" and form.is_valid():
        return _change_seat(request, shown, form)
    return _page(request, "routing/person.html", {"form": form, "shown": shown})


def _change_seat(request: StaffRequest, shown: Member, form: SeatForm) -> HttpResponse:
    languages = " ".join(form.cleaned_data["languages"])
    setting_up.change_seat(shown.pk, form.cleaned_data["capacity"], languages, by_of(request))
    messages.success(request, _("The person's chats were changed."))
    return _back()


def _page(request: StaffRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 400 if context["form"].errors else 200
    return render(request, template, context, status=status)


def _get(key: str) -> Queue:
    found = next((each for each in all_queues() if each.key == key), None)
    if found is None:
        raise Http404
    return found


def _back() -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("routing:overview"))
