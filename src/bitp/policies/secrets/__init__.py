"""Secrets in messages (policy 8): found and taken out before anything readable is stored."""

from __future__ import annotations

from bitp.policies.secrets.finding import (
    GIVES_AWAY_FUNDS,
    MASK_PATTERN,
    Finding,
    Grade,
    Kind,
    Redacted,
)
from bitp.policies.secrets.redaction import redact

__all__ = ["GIVES_AWAY_FUNDS", "MASK_PATTERN", "Finding", "Grade", "Kind", "Redacted", "redact"]
