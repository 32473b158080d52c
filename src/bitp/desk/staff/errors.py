"""What can go wrong with signing in as staff and with the people of the staff."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class StaffError(Exception):
    """The base: ``code`` for programs, ``status`` for HTTP, ``says`` for people."""

    code = "staff_error"
    status = 400
    says: str | Promise = _("That could not be done.")


class SignedOut(StaffError):
    """Nobody of the staff is signed in at this browser."""

    code = "signed_out"
    status = 401
    says = _("Please sign in.")


class Locked(StaffError):
    """Signed in, but nobody moved a key or the pointer for too long."""

    code = "locked"
    status = 401
    says = _("The console is locked. What you were writing is kept.")


class ProofNeeded(StaffError):
    """Signed in, but for this it must be proved again that it is the same person."""

    code = "proof_needed"
    status = 401
    says = _("Please confirm that it is you.")


class NotProved(StaffError):
    """The passkey or the code does not prove it; said in the same words for anybody."""

    code = "not_proved"
    says = _("That did not work. Nothing was changed; please try again.")


class WrongCode(NotProved):
    """The code is not the one that the authenticator shows, or it was used."""

    code = "wrong_code"
    says = _("This code does not fit, or it was used before. Try the next one.")


class WrongPair(NotProved):
    """At the sign-in, whatever the cause: nobody there, no authenticator, wrong or used code."""

    code = "wrong_pair"
    says = _(
        "This address and code do not fit together, or the code was used before. "
        "Please check the address and try the next code."
    )


class TooManyTries(StaffError):
    """Locked out for a while, whether there is such a person or not."""

    code = "too_many_tries"
    status = 429
    says = _(
        "Too many tries. Please wait: five minutes the first time, longer after that. "
        "Or ask an operator."
    )


class TooManyAtOnce(StaffError):
    """A flood from one network address; ``retry_s``: seconds until it may ask again."""

    code = "too_many"
    status = 429
    says = _("Too many at once from your network. Please try again in a moment.")

    def __init__(self, retry_s: int) -> None:
        super().__init__(retry_s)
        self.retry_s = retry_s


class BadInvitation(StaffError):
    """Unknown, used, withdrawn or too old: which of them is not said."""

    code = "bad_invitation"
    status = 404
    says = _("This invitation is not valid any more. Please ask for a new one.")


class NoMember(StaffError):
    """There is no such member for whoever asks."""

    code = "not_found"
    status = 404
    says = _("There is no such person.")


class AddressTaken(StaffError):
    """The address already signs somebody in."""

    code = "address_taken"
    status = 409
    says = _("This address is already in use. Please invite another one.")


class TooManyInvitations(StaffError):
    """More invitations are open than a team needs."""

    code = "too_many_invitations"
    status = 409
    says = _("Too many invitations are open. Please withdraw some first.")


class LastOperator(StaffError):
    """Without an operator nobody could invite anybody any more."""

    code = "last_operator"
    status = 409
    says = _("This is the last operator. Please make somebody else an operator first.")


class NoFactor(StaffError):
    """The person has no such factor."""

    code = "not_found"
    status = 404
    says = _("There is no such way to sign in.")


class LastFactor(StaffError):
    """Without a factor the person could not sign in any more."""

    code = "last_factor"
    status = 409
    says = _("This is your only way to sign in. Please add another one first.")


class TooManyPasskeys(StaffError):
    """The person has as many passkeys as one may have."""

    code = "too_many_passkeys"
    status = 409
    says = _("You have as many passkeys as one can have. Please remove one first.")
