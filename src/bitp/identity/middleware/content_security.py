"""What a page of ours may load, who may show it, and that nobody keeps it.

A view that sets one of these headers itself keeps its own.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponseBase

from bitp.identity.sides import CONSOLE_PATH

# Features no page of ours uses, and passkeys for our own pages only.
PERMISSIONS = ", ".join(
    [
        *(
            f"{feature}=()"
            for feature in (
                "accelerometer",
                "camera",
                "display-capture",
                "geolocation",
                "gyroscope",
                "magnetometer",
                "microphone",
                "midi",
                "payment",
                "screen-wake-lock",
                "serial",
                "usb",
            )
        ),
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
    ]
)


def policy(host: str) -> str:
    """The Content-Security-Policy of a page served from ``host``.

    Older Safari does not count a socket on the same host as 'self', hence the two addresses.
    The demo shows the customer's page and the console side by side in frames.
    """
    framers = "'self'" if settings.IS_DEMO else "'none'"
    rules = (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        f"connect-src 'self' ws://{host} wss://{host}",
        "img-src 'self' data: blob:",
        f"frame-ancestors {framers}",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
    return "; ".join(rules)


class ContentSecurity:
    """Adds the headers to everything that is not a static file."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        headers = {
            "Content-Security-Policy": policy(_host(request)),
            "Permissions-Policy": PERMISSIONS,
        }
        if _is_personal(request, response):
            headers["Cache-Control"] = "private, no-store"
            headers["Cross-Origin-Resource-Policy"] = "same-origin"
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response


def _host(request: HttpRequest) -> str:
    try:
        return request.get_host()
    except DisallowedHost:
        return urlsplit(settings.ORIGIN).netloc


def _is_personal(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Whatever was made with a look at the session, and everything in the console."""
    looked = getattr(getattr(request, "session", None), "accessed", False)
    return looked or bool(response.cookies) or request.path_info.startswith(CONSOLE_PATH)
