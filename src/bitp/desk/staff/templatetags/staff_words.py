"""How the staff's pages write roles, factors and times."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from bitp.desk.staff.models import AGENT, OPERATOR, SUPERVISOR, Member
from bitp.desk.staff.pages import MY_SIGN_IN, Entry, entries_for
from bitp.identity.factors import PASSKEY
from bitp.lib import clock

register = template.Library()


@register.simple_tag
def idle_s() -> int:
    """After how many seconds without a sign the console locks."""
    return int(settings.STAFF_IDLE_S)


@register.simple_tag
def part_of(request: HttpRequest) -> str:
    """Which entry of the staff's pages a page belongs to."""
    match = request.resolver_match
    if match is None:
        return ""
    return MY_SIGN_IN.part if match.url_name == "keys" else match.namespace


@register.simple_tag
def entries_of(request: HttpRequest) -> list[Entry]:
    """The entries that whoever is signed in may open."""
    member = getattr(request, "member", None)
    return entries_for(member.role) if member is not None else []


@register.filter
def role_name(role: str) -> str:
    """The role in a word."""
    names = {
        AGENT: pgettext("role", "Agent"),
        SUPERVISOR: pgettext("role", "Supervisor"),
        OPERATOR: pgettext("role", "Operator"),
    }
    return names.get(role, role)


@register.filter
def ways_in(member: Member) -> str:
    """What a member from ``queries.members`` signs in with, such as "2 passkeys · app"."""
    passkeys: int = member.passkeys  # type: ignore[attr-defined]
    words = []
    if passkeys:
        words.append(ngettext("%d passkey", "%d passkeys", passkeys) % passkeys)
    if member.codes:  # type: ignore[attr-defined]
        words.append(_("authenticator app"))
    return " · ".join(words) or _("nothing: cannot sign in")


@register.filter
def factor_name(factor: Authenticator) -> str:
    """What the person called it."""
    if factor.type == PASSKEY:
        return _("Passkey %s") % str(factor.data.get("name", ""))
    return _("Authenticator app")


@register.filter
def last_here(moment_us: int) -> SafeString | str:
    """A <time>, to the minute."""
    return moment(moment_us) if moment_us else pgettext("last here", "never")


@register.filter
def moment(moment_us: int) -> SafeString:
    """A <time> of microseconds, to the minute."""
    return to_minute(clock.from_us(moment_us))


@register.filter
def to_minute(at: datetime) -> SafeString:
    """A <time> that names its zone; a script turns it into the reader's own."""
    local = timezone.localtime(at)
    day = formats.date_format(local, "DATE_FORMAT")
    shown = f"{day} {local:%H:%M} ({clock.offset_of(local)})"
    return format_html('<time datetime="{}" data-local>{}</time>', local.isoformat(), shown)


@register.filter
def to_day(moment: datetime) -> SafeString:
    """A <time> with the date alone."""
    local = timezone.localtime(moment)
    shown = formats.date_format(local, "DATE_FORMAT")
    return format_html('<time datetime="{}" data-local="date">{}</time>', local.isoformat(), shown)
