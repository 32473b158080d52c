"""How much a program may ask for, and how it is told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.conf import settings

from bitp.lib.allowance import Allowance

WINDOW_S = 60
# Longer bodies than this hold nothing that a request of ours takes.
BODY_BYTES_MAX = 65_536
# Items on one page.
PAGE_MAX = 200
PAGE = 50
# Requests that wait for events hold a thread of the web process each; others answer at once.
WAITING_MAX = 2
WAIT_S_MAX = 25


@dataclass(frozen=True, slots=True)
class Standing:
    """What is left to a token after this request, and how many seconds until it is all back."""

    limit: int
    left: int
    reset_s: int
    retry_s: int = 0

    def headers(self) -> dict[str, str]:
        """The fields of the IETF's RateLimit draft, and Retry-After for who has to wait."""
        fields = {
            "RateLimit-Policy": f'"token";q={self.limit};w={WINDOW_S}',
            "RateLimit": f'"token";r={self.left};t={self.reset_s}',
        }
        return fields | ({"Retry-After": str(self.retry_s)} if self.retry_s else {})


@cache
def _requests() -> Allowance:
    per_minute = settings.BITP_API_PER_MINUTE
    return Allowance(burst=per_minute, per_s=per_minute / WINDOW_S)


def count_request(token: int) -> Standing:
    """Counts one request of the token; ``retry_s`` is above 0 when there was none left."""
    allowance = _requests()
    retry_s = allowance.take(str(token))
    left = allowance.left(str(token))
    reset_s = -int((left - allowance.burst) // allowance.per_s)
    return Standing(allowance.burst, int(left), reset_s, retry_s)


def forget_counts() -> None:
    """Starts anew, with the limit that is set now."""
    _requests.cache_clear()
