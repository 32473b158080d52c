"""What ``doctor`` and ``serve`` find wrong with the customers' pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from bitp.site.ways_in import CHANNELS


@register()
def check_support_addresses(app_configs: Any, **options: Any) -> Sequence[CheckMessage]:  # noqa: ARG001
    """An address that is set but can never be reached is an error, not a channel left out."""
    addresses = settings.BITP_SUPPORT_CHANNELS
    return [
        Error(
            f"BITP_SUPPORT_{channel.kind.upper()} holds no address of that kind.",
            hint="Mend it, or leave it empty: then the page says that it is not connected.",
            id="site.E001",
        )
        for channel in CHANNELS
        if addresses.get(channel.kind) and not channel.form.fullmatch(addresses[channel.kind])
    ]
