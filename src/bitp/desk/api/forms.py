"""What an operator says about a new token."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bitp.desk.api.scopes import SCOPES
from bitp.desk.staff.forms import DressedForm

NAME_CHARACTERS_MAX = 80
DAYS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("a year")),
    ("0", _("until it is revoked")),
]


class TokenForm(DressedForm):
    """A name to tell it by, what it may do, for how long."""

    name = forms.CharField(
        label=_("Name of the program"),
        max_length=NAME_CHARACTERS_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("By it you will know the token in the list."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
        help_text=_("Choose no more than it needs: another token is made in a minute."),
    )
    days = forms.TypedChoiceField(label=_("Good for"), choices=DAYS, initial="90", coerce=int)
