"""What the gateway counts. Numbers only: no name, address or text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """Counters since the start of the process."""

    accepted_connections: int = 0
    refused_connections: int = 0
    relayed: int = 0
    web_away: int = 0
    slow_readers: int = 0
    revoked: int = 0
