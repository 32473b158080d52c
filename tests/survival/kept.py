"""Figures of a proof, kept under docs/benchmarks with the machine they come from.

Tests leave the tree as it was: only a run with BITP_TEST_KEEP=1, or a soak, writes them.
"""

from __future__ import annotations

import json
import os
from typing import Any

from bitp.config.bench.machine import describe_machine
from tests.survival.running import ROOT

FOLDER = ROOT / "docs" / "benchmarks"
KEEPS = "BITP_TEST_KEEP"
SOAK = "BITP_TEST_SOAK"


def keep(name: str, proof: str, command: str, work: dict[str, Any], figures: Any) -> None:
    """Writes ``name``.json when this run is asked to; ``command``: what makes it again."""
    if "1" not in {os.environ.get(KEEPS), os.environ.get(SOAK)}:
        return
    found = {
        "proof": proof,
        "made_by": command,
        "machine": describe_machine(),
        "work": work,
        "figures": figures,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(found, indent=2) + "\n")
