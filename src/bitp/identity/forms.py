"""The customers' sign-in forms: allauth's, with our words and our check of a code."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthPasswordAgainForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthCodeForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgainForm
from allauth.mfa.models import Authenticator
from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from bitp.identity import one_time_code, tries
from bitp.identity.adapter import TOO_MANY

CODE_MAX_CHARACTERS = 20


class CodeInput(forms.TextInput):
    """For a one-time code: a phone offers it with digits, and a page never shows it again."""

    def __init__(self) -> None:
        super().__init__(
            {
                "class": "input",
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "maxlength": CODE_MAX_CHARACTERS,
            }
        )

    def format_value(self, value: Any) -> None:  # noqa: ARG002
        """Nothing, whatever was typed."""
        return

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002
        """The server says it: a browser would refuse a form whose code is folded away."""
        return False


class LoginForm(AllauthLoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["login"], _("E-mail address"), "username")
        _dress(self.fields["password"], _("Password"), "current-password")
        self.fields["password"].help_text = ""
        self.fields["remember"].label = _("Keep me signed in on this device")


class PasswordAgainForm(AllauthPasswordAgainForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self.fields["password"], _("Password"), "current-password")


class OneTimeCode(forms.Form):
    """A code judged by bitp.identity.one_time_code, in place of allauth's own check."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from your authenticator")
        self.fields["code"].widget = CodeInput()

    def clean_code(self) -> str:
        """Uses the code up; the form then knows which authenticator it was."""
        code: str = self.cleaned_data["code"]
        person = str(self.user.pk)  # type: ignore[attr-defined]
        try:
            tries.spend(tries.CUSTOMER_CODE, person)
        except tries.TooManyTries as error:
            raise forms.ValidationError(TOO_MANY, code="too_many_tries") from error
        found = _find_authenticator(self.user, code)  # type: ignore[attr-defined]
        if found is None:
            raise get_adapter().validation_error("incorrect_code")
        tries.forgive(tries.CUSTOMER_CODE, person)
        self.authenticator = found
        return code


class CodeForm(OneTimeCode, AllauthCodeForm):
    """The second step of a customer's sign-in."""


class CodeAgainForm(OneTimeCode, AllauthCodeAgainForm):
    """A code before something that matters."""


def _find_authenticator(user: Any, code: str) -> Authenticator | None:
    each: Authenticator
    for each in Authenticator.objects.filter(user=user):
        if each.type == Authenticator.Type.TOTP and one_time_code.accept(each, code):
            return each
        if each.type == Authenticator.Type.RECOVERY_CODES and _use_recovery_code(each.pk, code):
            return each
    return None


def _use_recovery_code(pk: int, code: str) -> bool:
    """Under the row's lock: allauth reads which codes are used and writes it back."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=pk)
        return bool(row.wrap().validate_code(code))


def _dress(field: forms.Field, label: Any, autocomplete: str) -> None:
    field.label = label
    field.widget.attrs.update({"class": "input", "autocomplete": autocomplete})
    field.widget.attrs.pop("placeholder", None)
