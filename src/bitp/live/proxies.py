"""Whose address a connection speaks for.

Every relayed connection starts with one PROXY protocol line that carries the TCP peer's
address, and web takes no other line, so no client can forge one. The line belongs to the
connection, but a proxy in front reuses one connection for many clients; therefore the line
always carries the *proxy's* address, and X-Forwarded-For is judged per request: by web for
pages, here for each upgrade and each long poll, and only if the peer is a trusted proxy.
"""

from __future__ import annotations

import ipaddress
from asyncio import BaseTransport
from collections.abc import Iterable, Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# One household or machine holds a whole /64, so addresses below it count as one.
IPV6_PREFIX = 64
# A chain longer than this is not believed further.
FORWARDED_MAX = 20


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Networks or single addresses as written in the setting; raises ValueError."""
    return tuple(ipaddress.ip_network(text.strip(), strict=False) for text in texts)


def find_address(text: str) -> Address | None:
    """The address in ``text`` (a port, brackets or a zone may surround it), or none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def believed_address(peer: str, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """Who asks: the peer, or the nearest untrusted address of a trusted peer's X-Forwarded-For.

    ``forwarded``: the header's values in the order they came.
    """
    address = find_address(peer)
    chain = ",".join(forwarded).split(",")[-FORWARDED_MAX:]
    while address is not None and chain and any(address in network for network in trusted):
        nearer = find_address(chain.pop())
        if nearer is None:
            break
        address = nearer
    return str(address) if address is not None else peer


def is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    """Whether the address is a proxy of ours."""
    found = find_address(address) if trusted else None
    return found is not None and any(found in network for network in trusted)


def counted_as(address: str) -> str:
    """The key under which connections of ``address`` are counted: itself, or its /64."""
    found = find_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
    return address


def proxy_line(transport: BaseTransport) -> bytes:
    """The PROXY protocol v1 line for this TCP connection."""
    peer, own = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    if not isinstance(peer, tuple) or not isinstance(own, tuple):
        return b"PROXY UNKNOWN\r\n"
    source, target = find_address(peer[0]), find_address(own[0])
    if source is None or target is None or source.version != target.version:
        return b"PROXY UNKNOWN\r\n"
    return f"PROXY TCP{source.version} {source} {target} {peer[1]} {own[1]}\r\n".encode()


def is_loopback(address: str) -> bool:
    """Whether the address is this machine's own."""
    found = find_address(address)
    return found is not None and found.is_loopback
