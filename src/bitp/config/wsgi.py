"""What a WSGI server runs: ``bitp.config.wsgi:application``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bitp.config.settings")
_django = get_wsgi_application()

from django.conf import settings  # noqa: E402 - after the settings are chosen

SCHEME = "https" if settings.IS_HTTPS else "http"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django, told the scheme people use; a header in the request is not believed about it."""
    environ["wsgi.url_scheme"] = SCHEME
    response: Iterable[bytes] = _django(environ, start_response)
    return response
