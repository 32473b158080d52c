"""How often something may be done, per network address or per person: cheap to count.

Counted in memory per process: a limit against floods, not a right, and nothing is written to the
database for it.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest

# One home has a whole network of this size (RFC 6177).
IPV6_PREFIX_BITS = 64


@dataclass(slots=True)
class Allowance:
    """``burst`` takes at once, then ``per_s`` each second, for each key."""

    burst: int
    per_s: float
    # Keys remembered; the ones not seen for longest are forgotten first.
    keys: int = 50_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, key: str) -> int:
        """Takes one; returns 0, or the whole seconds to wait when nothing is left."""
        moment = time.monotonic()
        with self._lock:
            left, at = self._left.pop(key, (float(self.burst), moment))
            left = min(self.burst, left + (moment - at) * self.per_s)
            self._left[key] = (left - 1 if left >= 1 else left, moment)
            if len(self._left) > self.keys:
                self._left.popitem(last=False)
        return 0 if left >= 1 else math.ceil((1 - left) / self.per_s)

    def left(self, key: str) -> float:
        """How many takes the key had left after its last one."""
        with self._lock:
            return self._left.get(key, (float(self.burst), 0.0))[0]

    def forget(self) -> None:
        """Starts anew."""
        with self._lock:
            self._left.clear()


def address_of(request: HttpRequest) -> str:
    """What is counted: the client's IPv4 address, or its IPv6 network."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        return str(int(address) >> (128 - IPV6_PREFIX_BITS))
    return text
