"""What every request passes, in the order of settings.MIDDLEWARE."""

from __future__ import annotations

from bitp.identity.middleware.client_address import ClientAddress
from bitp.identity.middleware.content_security import ContentSecurity
from bitp.identity.middleware.language import Language
from bitp.identity.middleware.one_kind import OneKind
from bitp.identity.middleware.two_csrf_cookies import TwoCsrfCookies
from bitp.identity.middleware.two_sessions import TwoSessions

__all__ = [
    "ClientAddress",
    "ContentSecurity",
    "Language",
    "OneKind",
    "TwoCsrfCookies",
    "TwoSessions",
]
