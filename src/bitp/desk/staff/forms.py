"""What people type on the staff's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bitp.desk.staff.models import AGENT, OPERATOR, SUPERVISOR
from bitp.identity.forms import CODE_MAX_CHARACTERS, CodeInput
from bitp.lib.text import one_line

ROLE_NAMES = [
    (AGENT, _("Agent: talks with customers")),
    (SUPERVISOR, _("Supervisor: watches the queues, approves")),
    (OPERATOR, _("Operator: runs the installation, invites people")),
]


class DressedForm(forms.Form):
    """Gives every control our look, and ties its error to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "input")


def _code_field() -> forms.CharField:
    return forms.CharField(
        label=_("Code from your authenticator"),
        max_length=CODE_MAX_CHARACTERS,
        widget=CodeInput,
    )


class SignInForm(DressedForm):
    """Address and one-time code, where the installation allows them."""

    email = forms.EmailField(
        label=_("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    code = _code_field()


class CodeForm(DressedForm):
    """A one-time code of whoever is signed in."""

    code = _code_field()


class NameField(forms.CharField):
    """A name as one line, without what turns or hides the text around it."""

    def to_python(self, value: Any) -> str:
        """What is left; nothing at all counts as left empty."""
        return one_line(super().to_python(value) or "")


class PersonForm(DressedForm):
    """What a new member says of themselves."""

    name = NameField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Colleagues see it."),
    )
    alias = NameField(
        label=_("First name for customers"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        help_text=_("Customers see only this. It need not be your real one."),
    )


class JoinByCodeForm(PersonForm):
    """A new member with an authenticator: what it shows for the secret we offered, sealed."""

    code = _code_field()
    sealed = forms.CharField(widget=forms.HiddenInput, max_length=500)


class InviteForm(DressedForm):
    """Whom to invite, as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=ROLE_NAMES)


class RoleForm(DressedForm):
    """Another role."""

    role = forms.ChoiceField(label=_("Role"), choices=ROLE_NAMES)


class PasskeyNameForm(DressedForm):
    """How a person calls a passkey."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=40,
        required=False,
        help_text=_("For you alone, such as “laptop” or “blue key”."),
    )
