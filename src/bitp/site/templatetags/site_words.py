"""How the customers' pages write times, topics and states."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bitp.lib import clock
from bitp.site.labels import STATUSES, TOPICS

register = template.Library()

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
# Older than this a date says more than a count of days.
DAYS_COUNTED = 7


@register.filter
def topic(key: str) -> str:
    """A topic's name."""
    return str(TOPICS.get(key, TOPICS["other"]))


@register.filter
def status(key: str) -> str:
    """A conversation's state in the customer's words."""
    return str(STATUSES.get(key, STATUSES["open"])[0])


@register.filter
def status_tone(key: str) -> str:
    """The badge's tone for a state."""
    return STATUSES.get(key, STATUSES["open"])[1]


@register.filter
def initials(name: str) -> str:
    """Up to two letters that stand for a name: the last character of a Chinese one."""
    words = name.split()
    if not words:
        return "?"
    if "\u3400" <= words[0][0] <= "\u9fff":
        return words[0][-1]
    return "".join(word[0] for word in words[:2]).upper()


@register.filter
def moment(moment_us: int) -> datetime:
    """Microseconds since the epoch as a moment."""
    return clock.from_us(moment_us)


@register.filter
def ago(moment: datetime) -> SafeString:
    """A <time> that says how long ago, and on hover exactly when."""
    local = timezone.localtime(moment)
    exact = formats.date_format(local, "DATETIME_FORMAT") + f" {local:%Z}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        exact,
        _how_long(moment, clock.now() - moment),
    )


@register.filter
def when(moment: datetime) -> SafeString:
    """A <time> with day, clock and zone; a script turns it into the reader's own zone."""
    local = timezone.localtime(moment)
    day = formats.date_format(local, "MONTH_DAY_FORMAT")
    shown = f"{day} {local:%H:%M} ({clock.offset_of(local)})"
    return format_html('<time datetime="{}" data-local>{}</time>', moment.isoformat(), shown)


def _how_long(moment: datetime, age: timedelta) -> str:
    seconds = int(age.total_seconds())
    if seconds < MINUTE_S:
        return _("just now")
    if seconds < HOUR_S:
        return _counted(seconds // MINUTE_S, "minute")
    if seconds < DAY_S:
        return _counted(seconds // HOUR_S, "hour")
    if seconds < DAYS_COUNTED * DAY_S:
        return _counted(seconds // DAY_S, "day")
    return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")


def _counted(count: int, unit: str) -> str:
    words = {
        "minute": ngettext("%(count)d minute ago", "%(count)d minutes ago", count),
        "hour": ngettext("%(count)d hour ago", "%(count)d hours ago", count),
        "day": ngettext("%(count)d day ago", "%(count)d days ago", count),
    }
    return words[unit] % {"count": count}
