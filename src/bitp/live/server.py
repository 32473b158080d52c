"""Running the gateway as a process."""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import socket
import sys
from dataclasses import replace

from bitp.live.gateway import Gateway
from bitp.live.inbound import Inbound
from bitp.live.settings import GatewaySettings

# Descriptors for everything but connections: the database, logs, web's socket.
DESCRIPTORS_KEPT = 200
# Objects created before the youngest are looked through for garbage: connections are long-lived.
GC_THRESHOLD = 20_000
# How long a thread may keep the interpreter while the loop has something to do.
SWITCH_S = 0.001


async def serve(
    listening_socket: socket.socket,
    web_socket_path: str,
    inbound: Inbound,
    settings: GatewaySettings,
) -> None:
    """Accept connections until SIGTERM or SIGINT, then drain within ``settings.drain_s``.

    ``listening_socket`` belongs to the supervisor, which keeps it open: what connects while no
    process accepts waits in the kernel for the next one.
    """
    gateway = Gateway(web_socket_path, inbound, _within_descriptors(settings))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gateway.loop.add_signal_handler(number, stopped.set)
    await gateway.start(listening_socket)
    _settle_memory()
    await stopped.wait()
    await gateway.drain()


def run(
    listening_socket: socket.socket,
    web_socket_path: str,
    inbound: Inbound,
    settings: GatewaySettings | None = None,
) -> None:
    """``serve`` as the whole life of a process."""
    serving = serve(listening_socket, web_socket_path, inbound, settings or GatewaySettings())
    try:
        import uvloop
    except ImportError:  # a platform without it: the same, more slowly
        asyncio.run(serving)
    else:
        uvloop.run(serving)


def _within_descriptors(settings: GatewaySettings) -> GatewaySettings:
    """As many connections as descriptors allow, two for each relayed one."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if hard == resource.RLIM_INFINITY:
        return settings
    return replace(settings, connections=min(settings.connections, hard - DESCRIPTORS_KEPT))


def _settle_memory() -> None:
    """What exists now stays: garbage collection need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_THRESHOLD, 20, 50)
    sys.setswitchinterval(SWITCH_S)
