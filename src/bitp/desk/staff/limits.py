"""How often one network address may begin to sign in at the console."""

from __future__ import annotations

from django.http import HttpRequest

from bitp.desk.staff.errors import TooManyAtOnce
from bitp.lib.allowance import Allowance, address_of

# Asking for a passkey's challenge leaves a row for five minutes. A whole floor of people may come
# to work at once behind one address.
CHALLENGES = Allowance(burst=500, per_s=1)


def count_challenge(request: HttpRequest) -> None:
    """Counts one challenge about to be made; raises TooManyAtOnce."""
    if retry_s := CHALLENGES.take(address_of(request)):
        raise TooManyAtOnce(retry_s)
