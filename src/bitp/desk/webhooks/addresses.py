"""Which addresses may be called: nobody makes us talk to the inside of our own network."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings

from bitp.desk.webhooks.errors import BadAddress

# Networks that only translate: an address in them stands for another, maybe an inner one.
TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"), ip_network("2002::/16"))
HTTPS, HTTP = 443, 80


class Target(NamedTuple):
    """Where a call goes. host: as in the certificate; path: with its query."""

    is_https: bool
    host: str
    port: int
    path: str


def read_url(url: str) -> Target:
    """The parts of an address; raises BadAddress, saying what is wrong with it."""
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise BadAddress("address") from error
    schemes = {"https", "http"} if settings.BITP_WEBHOOKS_PRIVATE else {"https"}
    if parts.scheme not in schemes:
        raise BadAddress("scheme")
    if not host or parts.username is not None or parts.fragment or not url.isascii():
        raise BadAddress("address")
    if any(each <= " " or each == "\x7f" for each in url):
        raise BadAddress("address")
    is_https = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(is_https, host, port or (HTTPS if is_https else HTTP), path)


def resolve(target: Target) -> str:
    """The address to connect to, looked up now; raises BadAddress unless all are public.

    The caller connects to exactly this one: a second lookup could say something else.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise BadAddress("unknown_host") from error
    addresses = [str(each[4][0]) for each in found]
    if not addresses:
        raise BadAddress("unknown_host")
    if not settings.BITP_WEBHOOKS_PRIVATE and not all(map(is_public, addresses)):
        raise BadAddress("private")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether it is an ordinary address of the internet, and of nothing inside."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)
