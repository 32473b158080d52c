"""Benchmarks: each is a function here or in the part it measures, found by name.

A benchmark takes ``quick`` (end within 40 s, at a smaller size that ``work`` states) and returns
a Measured. The frame adds what machine it was and how long a sync takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

Figures = dict[str, float | None]

# Name → "module:function". The function: (quick: bool) -> Measured.
BENCHES = {
    "api": "bitp.config.bench.api:measure",
    "chat": "bitp.config.bench.chat:measure",
    "port": "bitp.config.bench.port:measure",
    "routing": "bitp.config.bench.routing:measure",
    "search": "bitp.config.bench.search:measure",
    "sockets": "bitp.config.bench.sockets:measure",
    "start": "bitp.config.bench.start:measure",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one benchmark found.

    work: what was done, sizes included; figures: the keys an issue names, each with its unit in
    its name; raw_limit: what the bare parts did in the same run, under the figures' keys.
    """

    work: dict[str, Any]
    figures: Figures
    raw_limit: Figures = field(default_factory=dict)


def get_bench(name: str) -> Callable[[bool], Measured]:
    """The benchmark's function; raises KeyError for an unknown name."""
    module, _, function = BENCHES[name].partition(":")
    bench: Callable[[bool], Measured] = getattr(import_module(module), function)
    return bench


def run_bench(name: str, *, quick: bool) -> dict[str, Any]:
    """Runs it; the object that is printed and kept under docs/benchmarks."""
    from bitp.config.bench.machine import describe_machine
    from bitp.config.bench.sync import measure_sync

    measured = get_bench(name)(quick)
    return {
        "bench": name,
        "machine": describe_machine(),
        "work": {"quick": quick, **measured.work},
        "figures": measured.figures,
        "raw_limit": {**measured.raw_limit, **measure_sync()},
        "ratio_to_limit": ratios(measured),
    }


def ratios(measured: Measured) -> Figures:
    """Each figure over the bare parts' figure of the same name, to three digits."""
    found: Figures = {}
    for key, limit in measured.raw_limit.items():
        figure = measured.figures.get(key)
        if limit and figure is not None:
            found[key] = round(figure / limit, 3)
    return found
