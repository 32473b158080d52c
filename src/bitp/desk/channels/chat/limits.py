"""How often one network address may open the chat: generous, and cheap to count.

Traders sit behind shared addresses, and in an incident they all come at once; so each number
is far above what an office or a mobile network needs. Counted in memory per process: a limit
against floods, not a right, and nothing is written to the database for it.
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
    """``burst`` takes at once, then ``per_s`` each second, for each address."""

    burst: int
    per_s: float
    # Addresses remembered; the ones not seen for longest are forgotten first.
    addresses: int = 50_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str) -> int:
        """Takes one; returns 0, or the whole seconds to wait when nothing is left."""
        moment = time.monotonic()
        with self._lock:
            left, at = self._left.pop(address, (float(self.burst), moment))
            left = min(self.burst, left + (moment - at) * self.per_s)
            self._left[address] = (left - 1 if left >= 1 else left, moment)
            if len(self._left) > self.addresses:
                self._left.popitem(last=False)
        return 0 if left >= 1 else math.ceil((1 - left) / self.per_s)

    def forget(self) -> None:
        """Starts anew."""
        with self._lock:
            self._left.clear()


# Opening the chat or coming back without a resume token: 1,000 sockets of an address may all
# do so at once, twice.
TICKETS = Allowance(burst=2_000, per_s=20)
# People who were never here before: each leaves a row.
NEW_CONTACTS = Allowance(burst=1_000, per_s=2)

# Topic, address and reopening, per contact and not per network: each leaves a row of the log for
# ever and wakes the console. A person does a handful.
CHANGES = Allowance(burst=60, per_s=1)


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
