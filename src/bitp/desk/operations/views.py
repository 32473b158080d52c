"""What the worker has to do, and what it gave up, for operators."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from bitp.desk.operations import changes, queries
from bitp.desk.staff.asking import by_of, page_number
from bitp.desk.staff.models import OPERATOR
from bitp.desk.staff.rights import StaffRequest, role


@role(OPERATOR)
@require_safe
def jobs(request: StaffRequest) -> HttpResponse:
    """The worker's sign of life, what waits by kind, what is dead one by one."""
    seen_us = queries.worker_seen_us()
    context = {
        "seen_us": seen_us,
        "is_silent": queries.is_silent(seen_us),
        "kinds": queries.waiting_kinds(),
        "page": queries.dead_jobs(page_number(request)),
    }
    return render(request, "operations/jobs.html", context)


@role(OPERATOR, proved=True)
@require_POST
def revive(request: StaffRequest, job_id: int) -> HttpResponse:
    """One dead job is tried again."""
    if not changes.revive(job_id, by_of(request)):
        raise Http404
    return _done(request, _("It is tried again."))


@role(OPERATOR, proved=True)
@require_POST
def revive_all(request: StaffRequest) -> HttpResponse:
    """All dead jobs are tried again."""
    count = changes.revive_all(by_of(request))
    says = ngettext("%(count)s job is tried again.", "%(count)s jobs are tried again.", count)
    return _done(request, says % {"count": count})


@role(OPERATOR, proved=True)
@require_POST
def drop(request: StaffRequest, job_id: int) -> HttpResponse:
    """One dead job is never done."""
    if not changes.drop(job_id, by_of(request)):
        raise Http404
    return _done(request, _("It was let go."))


def _done(request: StaffRequest, says: str) -> HttpResponse:
    messages.success(request, says)
    return HttpResponseRedirect(reverse("operations:jobs"))
