"""What can go wrong when queues are set up."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bitp.desk.staff.errors import StaffError


class NoQueue(StaffError):
    """There is no such queue."""

    code = "not_found"
    status = 404
    says = _("There is no such queue.")


class KeyTaken(StaffError):
    """Another queue has this key."""

    code = "key_taken"
    status = 409
    says = _("Another queue has this key already.")


class MainQueue(StaffError):
    """Without the main queue some conversations would belong nowhere."""

    code = "main_queue"
    status = 409
    says = _("The main queue takes what no other queue does; it stays open to everything.")


class TooManyQueues(StaffError):
    """More queues than anybody can watch."""

    code = "too_many_queues"
    status = 409
    says = _("There are as many queues as there can be. Please use one of them.")
