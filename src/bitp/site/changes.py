"""Every write of the customers' pages."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from bitp.lib import clock
from bitp.site.guide.pages import GuidePage
from bitp.site.models import GuideAnswer

ANSWERED = "guide_answered"


def answer_guide(session: SessionBase, page: GuidePage, language: str, helped: bool) -> bool:
    """Stores one answer for each page and visit; False if this visit has answered it before.

    An anonymous opinion about a text is no fact about anyone, so no event is appended.
    """
    answered = answered_pages(session)
    if page.slug in answered:
        return False
    with transaction.atomic():
        GuideAnswer.objects.create(page=page.slug, language=language, helped=helped, at=clock.now())
    session[ANSWERED] = {**answered, page.slug: helped}
    return True


def answered_pages(session: SessionBase) -> dict[str, bool]:
    """The pages this visit has answered, by slug, with the answer."""
    answered = session.get(ANSWERED)
    return answered if isinstance(answered, dict) else {}
