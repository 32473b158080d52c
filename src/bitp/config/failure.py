"""A failure that the person at the command line can do something about."""

from __future__ import annotations


class Failure(Exception):
    """Its text is one clear line: what is wrong and what to do."""
