"""A bare WebSocket echo with the gateway's framing and nothing else: what it could do at most.

python -m bitp.live.bench.echo prints its port and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import BaseTransport, Protocol, Transport
from typing import cast

import uvloop

from bitp.live.framing import take_texts, text_frame
from bitp.live.protocol import FRAME_BYTES_MAX
from bitp.live.requests import Request, Requests
from bitp.live.websocket import accept


class Echo(Protocol):
    """Sends every whole text frame back."""

    __slots__ = ("_data", "_requests", "_transport")

    def __init__(self) -> None:
        self._requests: Requests | None = Requests()
        self._transport: Transport | None = None
        self._data = b""

    def connection_made(self, transport: BaseTransport) -> None:
        """Somebody wants an echo."""
        self._transport = cast(Transport, transport)

    def data_received(self, data: bytes) -> None:
        """The upgrade first, then frames."""
        assert self._transport is not None
        if self._requests is not None:
            self._requests.add(data)
            self._upgrade(self._transport, self._requests)
            return
        texts, self._data = take_texts(self._data + data, FRAME_BYTES_MAX)
        self._transport.write(b"".join(map(text_frame, texts)))

    def _upgrade(self, transport: Transport, requests: Requests) -> None:
        request = requests.take()
        if isinstance(request, Request):
            transport.write(accept(request, request.headers())[1])
            self._requests = None


async def serve() -> None:
    """Print the port and serve."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0, backlog=4096)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
