"""What machine a figure was measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from bitp.lib.safe_sqlite import use_safe_sqlite

CPU_INFO = Path("/proc/cpuinfo")
GIB = 2**30


def describe_machine() -> dict[str, Any]:
    """Processor, cores, memory in GiB, system, Python and SQLite."""
    return {
        "cpu": _find_cpu() or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / GIB, 1),
        "os": _describe_system(),
        "python": platform.python_version(),
        "sqlite": use_safe_sqlite(),
    }


def _describe_system() -> str:
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()
    return f"{name}, {platform.system()} {platform.release().split('-')[0]}"


def _find_cpu() -> str:
    if not CPU_INFO.exists():
        return ""
    lines = CPU_INFO.read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, "")
