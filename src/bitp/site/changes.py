"""Every write of the customers' pages."""

from __future__ import annotations

from bitp.lib import clock
from bitp.site.guide.pages import GuidePage
from bitp.site.models import GuideAnswer


def answer_guide(page: GuidePage, language: str, helped: bool) -> None:
    """Stores one answer. An anonymous opinion is no fact about anyone: no event is appended."""
    GuideAnswer.objects.create(page=page.slug, language=language, helped=helped, at=clock.now())
