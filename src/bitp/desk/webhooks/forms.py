"""What an operator says about a webhook."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from bitp.desk.staff.forms import DressedForm
from bitp.desk.webhooks.addresses import read_url
from bitp.desk.webhooks.changes import KINDS
from bitp.desk.webhooks.errors import BadAddress
from bitp.desk.webhooks.models import URL_MAX_CHARACTERS


class WebhookForm(DressedForm):
    """Where to, and what about."""

    url = forms.CharField(
        label=_("Address of the receiver"),
        max_length=URL_MAX_CHARACTERS,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("It begins with https:// and can be reached from the internet."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Only these events"),
        required=False,
        choices=[(kind, kind) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple(attrs={"class": "box"}),
        help_text=_("None chosen: all of them."),
    )

    def clean_url(self) -> str:
        """Raises what is wrong with the address, as far as can be seen without calling it."""
        url = str(self.cleaned_data["url"]).strip()
        try:
            read_url(url)
        except BadAddress as bad:
            raise forms.ValidationError(str(bad.says)) from bad
        return url
