"""``api``: programs open conversations over HTTP on the whole system, each with its first message.

Eight clients, each a connection that is kept and a request after the other, every one with an
Idempotency-Key: an answer means that conversation, message, facts and answer are on the disk. In
the same run: commits of one such row each, one after the other, as the disk allows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bitp.config.bench import Figures, Measured, raw
from bitp.config.bench.programs import Asked, Counted, Office
from bitp.config.bench.running import running_demo
from bitp.config.failure import Failure

CLIENTS = 8
CONTACTS = 200
# The limit of one token is for programs, not for a load generator.
UNLIMITED = {"BITP_API_PER_MINUTE": "10000000"}


@dataclass(frozen=True, slots=True)
class Size:
    """How long each part runs, in seconds."""

    open_s: float
    reply_s: float
    raw_s: float


FULL = Size(open_s=20, reply_s=10, raw_s=5)
QUICK = Size(open_s=6, reply_s=3, raw_s=1)


def measure(quick: bool) -> Measured:
    """Conversations opened a second and how long each took; the same for replies."""
    size = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="bitp-bench-") as folder:
        data = Path(folder) / "data"
        with running_demo("--data", str(data), variables=UNLIMITED) as running:
            office = msgspec.json.decode(_run(data, "office", CONTACTS), type=Office)
            opened = _play(running.port, office, "open", size.open_s)
            replied = _play(running.port, office, "reply", size.reply_s)
            rss_bytes = running.rss_bytes()
            stored = msgspec.json.decode(_run(data, "stored"), type=dict[str, int])
    _check(opened, replied, stored)
    figures: Figures = {
        "throughput_per_s": opened.per_s,
        "p50_ms": opened.p50_ms,
        "p95_ms": opened.p95_ms,
        "p99_ms": opened.p99_ms,
        "replies_per_s": replied.per_s,
        "reply_p95_ms": replied.p95_ms,
        "rss_bytes": rss_bytes,
    }
    work = {"clients": CLIENTS, "contacts": CONTACTS, "seconds": size.open_s, "stored": stored}
    return Measured(work, figures, {"throughput_per_s": raw.measure_commits(size.raw_s)})


def _check(opened: Counted, replied: Counted, stored: dict[str, int]) -> None:
    """Whatever was answered is stored, once; raises Failure."""
    if opened.refused or replied.refused:
        raise Failure(f"{opened.refused + replied.refused} requests were refused")
    said = {"opened": opened.answered, "replied": replied.answered}
    if said != stored:
        raise Failure(f"answered {said}, stored {stored}")


def _play(port: int, office: Office, what: str, seconds: float) -> Counted:
    asked = Asked(port=port, office=office, what=what, seconds=seconds, clients=CLIENTS)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.programs", "play"],
        input=msgspec.json.encode(asked),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Counted)


def _run(data: Path, *arguments: Any) -> bytes:
    """The programs' module as a process of its own, which is set up for the data folder."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.programs", *map(str, arguments)],
        env={**os.environ, "BITP_MODE": "demo", "BITP_DATA": str(data)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
