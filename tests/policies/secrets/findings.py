"""What redaction finds in a text."""

from __future__ import annotations

from bitp.policies.secrets import Kind, redact


def kinds(text: str) -> list[Kind]:
    """The kind of each finding, in the text's order."""
    return [finding.kind for finding in redact(text).findings]
