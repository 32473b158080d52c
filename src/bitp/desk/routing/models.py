"""How long people waited, from which the expected wait is computed."""

from __future__ import annotations

from django.db import models


class Wait(models.Model):
    """One finished wait: from the first unanswered message to a person's first reply."""

    conversation = models.ForeignKey(
        "conversations.Conversation", on_delete=models.CASCADE, db_index=False
    )
    topic = models.CharField(max_length=12)
    language = models.CharField(max_length=10)
    began_us = models.BigIntegerField()
    ended_us = models.BigIntegerField(db_index=True)
    # How many people were available when it ended.
    agents = models.SmallIntegerField(default=1)
