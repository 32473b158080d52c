"""What allauth asks us: who may sign in on the customers' side, and how secrets are kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from bitp.identity import one_time_code, tries
from bitp.identity.models import CUSTOMER, User
from bitp.identity.redirects import is_own_path
from bitp.identity.sealing import seal, unseal
from bitp.identity.sessions import end_session, mark_signed_in
from bitp.lib.allowance import address_of

TOO_MANY = _(
    "Too many tries. Please wait: five minutes the first time, longer after that. "
    "Or talk to a person."
)


class AccountAdapter(DefaultAccountAdapter):
    """Customers only; failed tries are counted in a row of ours, not in a cache."""

    # The try of this request's network, between being counted and being judged.
    _spent: tries.Try

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The e-mail address and the password do not fit together."),
        "incorrect_password": _("This is not the password."),
        "incorrect_code": _("This code does not fit, or it was used before. Try the next one."),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Not before the accounts that a person can open by themselves."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try before it is judged; raises what the form shows."""
        try:
            self._spent = tries.spend(tries.ADDRESS, address_of(request))
            tries.spend(tries.CUSTOMER_PASSWORD, _typed(credentials))
        except tries.TooManyTries as error:
            raise self.validation_error("too_many_login_attempts") from error

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The customer whose password it is; for staff there is nothing here."""
        user = super().authenticate(request, **credentials)
        if not isinstance(user, User) or user.kind != CUSTOMER:
            return None
        tries.forgive(tries.CUSTOMER_PASSWORD, _typed(credentials))
        tries.give_back(self._spent)
        return user

    def pre_login(
        self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
    ) -> HttpResponse | None:
        """A second bar: whatever let staff in up to here, it ends here."""
        if not isinstance(user, User) or user.kind != CUSTOMER:
            raise self.validation_error("email_password_mismatch")
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Starts the session and writes it down."""
        assert isinstance(user, User)
        assert user.kind == CUSTOMER
        with transaction.atomic():
            super().login(request, user)
            mark_signed_in(request, user, _factor(request))
            request.session.save()

    def logout(self, request: HttpRequest) -> None:
        end_session(request)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Only what somebody says in words: the pages themselves show that one is signed in."""
        if message_template is None:
            super().add_message(request, level, message_template, *args, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        return is_own_path(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(request.META.get("REMOTE_ADDR", ""))


class FactorAdapter(DefaultMFAAdapter):
    """Authenticators' secrets are sealed; passkeys belong to settings.ORIGIN."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
    }

    def encrypt(self, text: str) -> str:
        return seal(text, one_time_code.PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text, one_time_code.PURPOSE)

    def get_totp_issuer(self) -> str:
        return "BitP"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {"id": urlsplit(settings.ORIGIN).hostname or "", "name": "BitP"}


def _typed(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", ""))


def _factor(request: HttpRequest) -> str:
    """The strongest thing that allauth noted for this sign-in, such as ``totp:7``."""
    notes = request.session.get("account_authentication_methods", [])
    last = notes[-1] if notes else {}
    if last.get("method") == "mfa":
        return f"{last['type']}:{last['id']}"
    return "password"
