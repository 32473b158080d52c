"""Queues, who answers in them and how much at once, and how long people waited."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from bitp.desk.staff.models import Member

# A person can follow about this many chats at once and still read each line.
CAPACITY_USUAL = 5
# Beyond this nobody reads any more.
CAPACITY_MAX = 50
# Nobody of the staff has answered for so long: supervisors are told.
RAISED_AFTER_USUAL_MINUTES = 15
RAISED_AFTER_MAX_MINUTES = 24 * 60
# Ranks among the members of a queue: 1 is asked first.
RANKS = 9


class Queue(models.Model):
    """Where conversations wait for the same people.

    key: in addresses and stream names, never changes. topics, languages: codes by spaces, empty
    means all; the first open queue in the order of ``place`` that fits is a conversation's own.
    hours, zone: as BITP_HOURS and BITP_TIME_ZONE, empty means as those; holidays: codes of
    countries (``CN``, ``US``) by spaces; closed_days: further dates (ISO) by spaces. assigns:
    whether conversations are given to people, or people take them. raised_after_minutes: without
    an answer for so long, supervisors are told; 0: never. closed_us: since when it takes in
    nothing new, 0 while it is open.
    """

    key = models.SlugField(max_length=32, unique=True)
    name_en = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=60)
    topics = models.CharField(max_length=120, default="", blank=True)
    languages = models.CharField(max_length=40, default="", blank=True)
    place = models.SmallIntegerField(default=100)
    assigns = models.BooleanField(default=False)
    hours = models.CharField(max_length=300, default="", blank=True)
    zone = models.CharField(max_length=60, default="", blank=True)
    holidays = models.CharField(max_length=60, default="", blank=True)
    closed_days = models.CharField(max_length=1200, default="", blank=True)
    raised_after_minutes = models.SmallIntegerField(default=RAISED_AFTER_USUAL_MINUTES)
    closed_us = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("place", "pk")


class QueueMember(models.Model):
    """A member answers in a queue; a queue without any is everybody's. rank: 1 is asked first."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="members")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="queues")
    rank = models.SmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["queue", "member"], name="queue_member"),
            models.CheckConstraint(
                condition=models.Q(rank__gte=1, rank__lte=RANKS), name="queue_member_rank"
            ),
        ]


class Seat(models.Model):
    """What routing knows of a member; without a row the usual holds.

    capacity: chats at once; languages: those spoken, by spaces, empty means all; assigned_us:
    when a conversation was last given to them.
    """

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="seat")
    capacity = models.SmallIntegerField(
        default=CAPACITY_USUAL,
        validators=[MinValueValidator(0), MaxValueValidator(CAPACITY_MAX)],
    )
    languages = models.CharField(max_length=40, default="", blank=True)
    assigned_us = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity__gte=0, capacity__lte=CAPACITY_MAX),
                name="seat_capacity",
            )
        ]


class Wait(models.Model):
    """One finished wait: from the first unanswered message to a person's first reply."""

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, db_index=False
    )
    topic = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    began_us = models.BigIntegerField()
    ended_us = models.BigIntegerField()
    # How many people were available when it ended.
    agents = models.SmallIntegerField(default=1)
    queue = models.CharField(max_length=32, default="main", db_default="main")

    class Meta:
        indexes = [models.Index(fields=["queue", "-ended_us"], name="wait_of_queue")]
