"""How long a first and a later start take, and the memory of what runs then."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from bitp.config.bench import Figures, Measured
from bitp.config.bench.running import running_demo
from bitp.config.failure import Failure
from bitp.config.messages import PACKAGE

ROOT = PACKAGE.parent.parent
COPIED = ("bitp", "requirements.lock", "requirements-test.lock", "pyproject.toml")
# What a fresh checkout does not have.
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.mo")
COLD_STARTS, WARM_STARTS = 3, 7

# Read after this many seconds at READY, when nothing is being imported any more.
SETTLE_S = 2.0


def measure(quick: bool) -> Measured:
    """cold_s: a fresh checkout whose packages are downloaded already, to READY; warm_s: again;
    rss_bytes: the whole tree, idle."""
    if not (ROOT / "bitp").exists():
        raise Failure("this benchmark copies the checkout; run it there")
    cold, warm = (1, 2) if quick else (COLD_STARTS, WARM_STARTS)
    with tempfile.TemporaryDirectory(prefix="bitp-start-") as folder:
        checkouts = [copy_checkout(Path(folder) / str(number)) for number in range(cold + 1)]
        if not quick:
            time_ready(checkouts.pop())  # fills the package cache: downloads are not measured
        cold_s = [time_ready(checkout)[0] for checkout in checkouts[:cold]]
        warm_starts = [time_ready(checkouts[0]) for _ in range(warm)]
        raw = {} if quick else time_bare_parts(Path(folder) / "bare")
    return Measured(
        work={"cold_starts": cold, "warm_starts": warm, "figures_are": "medians"},
        figures={
            "cold_s": round(median(cold_s), 2),
            "warm_s": round(median(each for each, _ in warm_starts), 2),
            "warm_worst_s": round(max(each for each, _ in warm_starts), 2),
            "rss_bytes": max(rss for _, rss in warm_starts),
        },
        raw_limit=raw,
    )


def copy_checkout(target: Path) -> Path:
    """What a clone has of the running parts."""
    shutil.copytree(ROOT / "src", target / "src", ignore=LEFT_OUT)
    for name in COPIED:
        shutil.copy(ROOT / name, target / name)
    return target


def time_ready(checkout: Path) -> tuple[float, int]:
    """Seconds from `./bitp demo` to READY, and the tree's memory in bytes shortly after."""
    with running_demo(launcher=checkout / "bitp") as system:
        time.sleep(SETTLE_S)
        return system.ready_s, system.rss_bytes()


def time_bare_parts(folder: Path) -> Figures:
    """cold_s: an environment and its packages, by pip alone; warm_s: one process loads Django."""
    python = str(folder / "bin" / "python")
    began = time.monotonic()
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", str(ROOT / "requirements.lock")], check=True)
    cold_s = time.monotonic() - began
    return {
        "cold_s": round(cold_s, 2),
        "warm_s": round(min(_time_django(python), _time_django(python)), 2),
    }


def _time_django(python: str) -> float:
    load = "import django; from django.conf import settings; settings.configure(); django.setup()"
    began = time.monotonic()
    subprocess.run([python, "-c", load + "; import django.db.models, django.urls"], check=True)
    return time.monotonic() - began
