"""The product's settings with a database that syncs nothing: what a power cut must not forgive."""

from __future__ import annotations

from typing import Any, cast

from bitp.config.settings import *  # noqa: F403
from bitp.config.settings import DATABASES

cast(dict[str, Any], DATABASES["default"]["OPTIONS"])["synchronous"] = "OFF"
