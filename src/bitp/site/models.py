"""What readers say about the guide."""

from __future__ import annotations

from django.db import models


class GuideAnswer(models.Model):
    """One answer to "did this help?": which page, in which language, yes or no. Not by whom."""

    page = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    helped = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["page", "at"], name="guide_answer_of_page")]
