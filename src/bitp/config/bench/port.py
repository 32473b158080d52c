"""``port``: pages through the shared port against pages straight from web."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from bitp.config.bench import Measured
from bitp.config.bench.running import running_demo
from bitp.config.failure import Failure
from bitp.live.bench.port import measure_port

# A whole page, and one that no limit per address turns away.
TARGET = "/support"
SECONDS = 15
SECONDS_QUICK = 3


def measure(quick: bool) -> Measured:
    """``page_loss``: the share of throughput lost on the way through the gateway."""
    seconds = SECONDS_QUICK if quick else SECONDS
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        data = Path(folder) / "data"
        with running_demo("--data", str(data)) as running:
            found = asyncio.run(
                measure_port(
                    ("127.0.0.1", running.port),
                    str(data / "run" / "web.sock"),
                    TARGET,
                    seconds,
                    f"localhost:{running.port}",
                )
            )
    if found.pop("bad"):
        raise Failure(f"{TARGET} answered with something else than a page")
    straight = found.pop("straight_pages_per_s")
    return Measured({"target": TARGET, "seconds": seconds}, {**found}, {"pages_per_s": straight})
