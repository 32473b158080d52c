"""What is served under /live: the socket, the long poll, and the health of the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bitp.live.answers import http_answer, json_answer, preflight_answer, refusal
from bitp.live.client import Client
from bitp.live.protocol import Error
from bitp.live.proxies import believed_address, is_loopback
from bitp.live.requests import Request
from bitp.live.websocket import WebSocket, accept

if TYPE_CHECKING:
    from bitp.live.doorway import Doorway

# What somebody at a crowded address is told to wait.
RETRY_S = 30


def serve_live(doorway: Doorway, request: Request) -> None:
    """Answer one request for /live, now or later, or turn the connection into a socket."""
    headers = request.headers()
    forwarded = [value for name, value in headers if name == "x-forwarded-for"]
    settings = doorway.gateway.settings
    address = believed_address(doorway.peer, forwarded, settings.trusted_proxies)
    if request.path == "/live":
        _upgrade(doorway, request, headers, address)
    elif request.path == "/live/poll":
        _poll(doorway, request, address)
    elif request.path == "/live/health" and is_loopback(doorway.peer) and not forwarded:
        doorway.served(json_answer(200, doorway.gateway.metrics()))
    else:
        doorway.served(http_answer(404, b"Not Found\n", close=False))


def _upgrade(
    doorway: Doorway, request: Request, headers: list[tuple[str, str]], address: str
) -> None:
    is_accepted, answer = accept(request, headers)
    if not is_accepted:
        doorway.say_last(answer)
        return
    doorway.transport.write(answer)
    client = WebSocket(doorway.gateway, address, doorway.transport)
    rest = doorway.become(client)
    if connect(client) and rest:
        client.data_received(rest)


def connect(client: Client) -> bool:
    """Count the client; one too many at its address is told so and let go."""
    if client.gateway.clients.connect(client):
        return True
    client.send(Error("too_many_connections", retry_s=RETRY_S))
    client.close(4429, "too_many_connections")
    return False


def _poll(doorway: Doorway, request: Request, address: str) -> None:
    if request.method == "OPTIONS":
        doorway.served(preflight_answer())
    elif request.method != "POST":
        doorway.say_last(refusal(405))
    else:
        doorway.gateway.polls.take(doorway, request.body, address)
