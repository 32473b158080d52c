"""A gateway with an Inbound in memory, as a process: python -m tests.live.memory_live FD [WEB]."""

from __future__ import annotations

import socket
import sys

from bitp.live.server import run
from bitp.live.settings import GatewaySettings
from tests.live.memory_inbound import MemoryInbound


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    web = sys.argv[2] if len(sys.argv) > 2 else "/nonexistent"
    inbound = MemoryInbound()
    if len(sys.argv) > 3:
        inbound.switches.commit_s = float(sys.argv[3])
    settings = GatewaySettings(
        sends_per_s=100_000,
        frames_per_s=100_000,
        frames_burst=100_000,
        sockets_per_address=100_000,
        connections_per_address=100_000,
    )
    run(listening, web, inbound, settings)


if __name__ == "__main__":
    main()
