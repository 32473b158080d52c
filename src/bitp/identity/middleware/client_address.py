"""Whose address a request comes from, and whether it came over HTTPS.

REMOTE_ADDR is the peer of our own port, handed on by a PROXY line that no client can write.
What a proxy in front adds is believed only from settings.TRUSTED_PROXIES.
"""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

Address = IPv4Address | IPv6Address
Answer = Callable[[HttpRequest], HttpResponseBase]
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")
# A longer chain of proxies than this is somebody's invention.
MAX_HOPS = 20


class ClientAddress:
    """Puts the client's address into REMOTE_ADDR and the scheme it used into the request."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.trusted = [ip_network(each.strip()) for each in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        said = {name: request.META.pop(name, "") for name in FORWARDED}
        peer = _find_address(request.META.get("REMOTE_ADDR", ""))
        if peer is not None and self._is_trusted(peer):
            request.META["REMOTE_ADDR"] = str(self._client(peer, said[FORWARDED[0]]))
            self._set_scheme(request, said[FORWARDED[1]])
        return self.get_response(request)

    def _client(self, peer: Address, chain: str) -> Address:
        """The rightmost address that is not a proxy of ours; what stands left of it is a claim."""
        client = peer
        for hop in reversed(chain.split(",")[-MAX_HOPS:]):
            address = _find_address(hop)
            if address is None:
                break
            client = address
            if not self._is_trusted(address):
                break
        return client

    def _is_trusted(self, address: Address) -> bool:
        return any(address in network for network in self.trusted)

    def _set_scheme(self, request: HttpRequest, protocols: str) -> None:
        protocol = protocols.rpartition(",")[2].strip().lower()
        if protocol in {"http", "https"}:
            request.META["wsgi.url_scheme"] = protocol


def _find_address(text: str) -> Address | None:
    """An address as proxies write it: bare, with a port, or in brackets; None for anything else."""
    plain = text.strip()
    if plain.startswith("["):
        plain = plain[1:].partition("]")[0]
    elif plain.count(":") == 1:
        plain = plain.partition(":")[0]
    try:
        address = ip_address(plain)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
