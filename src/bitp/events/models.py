"""Tables of the event spine. Rows are written by log.py and jobs.py only."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One fact, kept for the record's lifetime, without personal text.

    The envelope is fixed: a later column would leave earlier facts without it.
    """

    # PostgreSQL: the writing transaction (ids commit out of order there); SQLite: 0.
    transaction = models.BigIntegerField(default=0)
    kind = models.CharField(max_length=60)
    version = models.SmallIntegerField(default=1)
    at_us = models.BigIntegerField()
    actor_kind = models.CharField(max_length=20)
    actor = models.CharField(max_length=64)
    actor_session = models.CharField(max_length=64)
    on_behalf_of = models.CharField(max_length=64)
    evidence = models.TextField()
    grant = models.CharField(max_length=64)
    case = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    cause = models.BigIntegerField(default=0)
    idempotency_key = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    data = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["transaction", "id"], name="event_position"),
            # Few among millions; looked up by every gateway that starts.
            models.Index(
                fields=["at_us"],
                name="event_session_ended",
                condition=models.Q(kind="session.ended"),
            ),
        ]


class Stream(models.Model):
    """A numbered sequence of events a client can follow; ``head`` is the last number."""

    name = models.CharField(max_length=100, unique=True)
    head = models.BigIntegerField(default=0)
    # Entries up to this number were pruned.
    floor = models.BigIntegerField(default=0)


class StreamEntry(models.Model):
    """Event ``event`` is number ``number`` of the stream."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, db_index=False)
    number = models.BigIntegerField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stream", "number"], name="stream_entry_number")
        ]


class Consumer(models.Model):
    """How far a reader of the whole log has come; moved in the reader's own transaction."""

    name = models.CharField(max_length=60, unique=True)
    transaction = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)


class Job(models.Model):
    """Work to do once, at or after ``due_us``, written in the transaction that calls for it."""

    kind = models.CharField(max_length=60)
    # Two jobs with the same key are one job.
    key = models.CharField(max_length=200, unique=True)
    ids = models.TextField(default="{}")
    due_us = models.BigIntegerField()
    leased_until_us = models.BigIntegerField(default=0)
    lease = models.CharField(max_length=32, default="")
    attempts = models.SmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, default="")
    # Set when the attempts are used up; such a job waits for a person.
    dead_us = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_us"], name="job_due", condition=models.Q(dead_us__isnull=True)
            )
        ]


class Heartbeat(models.Model):
    """When a process of this kind last said that it lives (microseconds)."""

    process = models.CharField(max_length=20, unique=True)
    at_us = models.BigIntegerField()
