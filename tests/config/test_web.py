"""web knows the client of each request of a connection, and a client cannot forge it."""

from __future__ import annotations

import socket

import pytest
from gunicorn.config import Config  # type: ignore[import-untyped]
from gunicorn.http.parser import RequestParser  # type: ignore[import-untyped]

from bitp.config.web import keep_client_address

pytestmark = pytest.mark.once


def addresses(sent: bytes, requests: int) -> list[str | None]:
    """The client address of each request of one connection, as gunicorn's threads see it."""
    settings = Config()
    settings.set("proxy_protocol", "auto")
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(sent)
        parser = RequestParser(settings, ours, "")
        found = []
        for _ in range(requests):
            request = next(parser)
            keep_client_address(None, request)
            info = request.proxy_protocol_info
            found.append(info["client_addr"] if info else None)
        return found


REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


def test_later_requests_of_a_connection_have_the_address_of_the_first() -> None:
    line = b"PROXY TCP4 192.0.2.7 127.0.0.1 5555 8000\r\n"
    assert addresses(line + 3 * REQUEST, 3) == ["192.0.2.7"] * 3


def test_a_line_sent_by_the_client_is_no_proxy_line() -> None:
    line = b"PROXY TCP4 192.0.2.7 127.0.0.1 5555 8000\r\n"
    forged = b"PROXY TCP4 198.51.100.1 127.0.0.1 5555 8000\r\n"
    with pytest.raises(Exception, match="Invalid"):
        addresses(line + forged + REQUEST, 1)
    with pytest.raises(Exception, match="Invalid"):
        addresses(line + REQUEST + forged + REQUEST, 2)
