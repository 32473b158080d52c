"""What people write about: the topic's guess, the wish for a person, the account taken over."""

from __future__ import annotations

from bitp.policies.topics.guess import Guess, guess
from bitp.policies.topics.signs import tells_takeover, wants_human

__all__ = ["Guess", "guess", "tells_takeover", "wants_human"]
