"""The entries at the top of the staff's pages. A domain adds its own when its app is ready."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from bitp.desk.staff.models import OPERATOR, ROLES


@dataclass(frozen=True, slots=True)
class Entry:
    """part: the namespace of its addresses; url: the name of the address it leads to."""

    part: str
    says: Promise
    url: str
    roles: tuple[str, ...] = (OPERATOR,)


MY_SIGN_IN = Entry("keys", _("My sign-in"), "staff:keys", ROLES)
_entries: list[Entry] = [Entry("staff", _("Staff"), "staff:roster")]


def add_entry(entry: Entry) -> None:
    """Adds an entry behind the ones that are there; a second one of the same part replaces it."""
    _entries[:] = [each for each in _entries if each.part != entry.part] + [entry]


def entries_for(role: str) -> list[Entry]:
    """What a member with this role may open; the own sign-in comes last."""
    return [each for each in _entries if role in each.roles] + [MY_SIGN_IN]
