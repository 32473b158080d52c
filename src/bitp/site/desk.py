"""What the customers' pages ask the desk, in the words they show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bitp.desk.routing.queries import Availability, availability


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is at the desk now and how long it takes, as sentences.

    ``opens_at`` is None while somebody is here, and when nobody knows.
    """

    is_here: bool
    people: tuple[str, ...]
    headline: str
    wait: str
    opens_at: datetime | None


def presence() -> Presence:
    """Who is here for the reader's language."""
    return describe(availability())


def describe(now: Availability) -> Presence:
    """The desk's figures as sentences in the active language."""
    is_here = bool(now.agents)
    return Presence(
        is_here=is_here,
        people=now.agents,
        headline=_headline(now.agents),
        wait=_wait(now) if is_here else "",
        opens_at=None if is_here else now.opens_at,
    )


def _headline(agents: tuple[str, ...]) -> str:
    if not agents:
        return _("Nobody is at the desk right now")
    return _("Here now: %(names)s") % {"names": pgettext("between names", ", ").join(agents)}


def _wait(now: Availability) -> str:
    return pgettext("between sentences", "%(first)s %(second)s") % {
        "first": _queue(now.waiting),
        "second": _time(now),
    }


def _queue(waiting: int) -> str:
    if waiting == 0:
        return _("Nobody is waiting.")
    text = ngettext("%(count)d person is waiting.", "%(count)d people are waiting.", waiting)
    return text % {"count": waiting}


def _time(now: Availability) -> str:
    minutes = now.wait_minutes
    if minutes:
        text = ngettext("About %(count)d minute.", "About %(count)d minutes.", minutes)
        return text % {"count": minutes}
    if now.waiting == 0:
        return _("Someone can answer you now.")
    return _("We cannot say yet how long it takes.")
