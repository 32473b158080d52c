"""Logging what went wrong without what people wrote.

An exception's text may quote a message (an encoding error holds the whole string), so only its
type and the places in the code are logged.
"""

from __future__ import annotations

import logging
import traceback

logger = logging.getLogger("bitp.live")


def report(where: str, error: BaseException) -> None:
    """Log that ``where`` failed, with the error's type and its path through the code."""
    frames = traceback.extract_tb(error.__traceback__)
    path = " > ".join(f"{frame.filename}:{frame.lineno}" for frame in frames[-6:])
    logger.error("%s failed: %s at %s", where, type(error).__name__, path)
