"""``sockets``: ten thousand idle subscribed connections, and how soon all are back after a kill.

Measured against the whole system. The raw limit is a bare echo server with the same framing: the
memory of as many connections that only said hello.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from bitp.config.bench import Measured
from bitp.config.bench.people import make_tickets
from bitp.config.bench.running import running_demo
from bitp.lib.control import ask_supervisor
from bitp.live.bench.sockets import measure_sockets

CONNECTIONS = 10_000
CONNECTIONS_QUICK = 1_000
# The limits for one address are for people, not for a load generator.
UNLIMITED = {
    "BITP_SOCKETS_PER_ADDRESS": "100000",
    "BITP_CONNECTIONS_PER_ADDRESS": "100000",
}


def measure(quick: bool) -> Measured:
    """``bytes_each`` of the gateway's process, ``opened_s``, and ``resume_s`` after kill -9."""
    count = CONNECTIONS_QUICK if quick else CONNECTIONS
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        data = Path(folder) / "data"
        with running_demo("--data", str(data), variables=UNLIMITED) as running:
            control = str(data / "run" / "control.sock")
            found = asyncio.run(
                measure_sockets(
                    ("127.0.0.1", running.port),
                    make_tickets(data, count),
                    partial(_pid_of_live, control),
                    partial(_kill_live, control),
                )
            )
    figures = {name: found[name] for name in ("bytes_each", "opened_s", "resume_s")}
    return Measured({"connections": count}, {**figures}, {"bytes_each": _bare(count)})


def _pid_of_live(control: str) -> int:
    answer: dict[str, Any] = ask_supervisor(control, {"status": True})
    return int(answer["processes"]["live"]["pid"])


def _kill_live(control: str) -> None:
    ask_supervisor(control, {"kill": "live"})


def _bare(count: int) -> float:
    """Bytes for each connection of a bare server (bitp.config.bench.echo)."""
    server = subprocess.Popen(
        [sys.executable, "-P", "-m", "bitp.config.bench.echo"], stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        return asyncio.run(_weigh(("127.0.0.1", port), count, server.pid))
    finally:
        server.terminate()
        server.wait()


async def _weigh(address: tuple[str, int], count: int, pid: int) -> float:
    import psutil  # type: ignore[import-untyped]

    from bitp.live.bench.wire import WireClient, open_all, raise_descriptor_limit

    raise_descriptor_limit()
    process = psutil.Process(pid)
    before = process.memory_info().rss
    opened = asyncio.Event()
    ready = 0

    def count_ready() -> None:
        nonlocal ready
        ready += 1
        if ready == count:
            opened.set()

    clients = [WireClient(count_ready, lambda _: None, lambda: None) for _ in range(count)]
    await open_all(address, clients)
    await asyncio.wait_for(opened.wait(), 60)
    after = process.memory_info().rss
    for client in clients:
        client.close()
    return float(round((after - before) / count))
