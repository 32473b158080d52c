"""The linear model: a table of weights in plain text, read once, added up for each sentence."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

from bitp.policies.topics.features import features

TABLE = Path(__file__).with_name("weights.json")
# Weights are whole hundredths: the table stays small and says the same on every machine.
SCALE = 100


@cache
def _table() -> tuple[tuple[str, ...], dict[str, tuple[int, ...]]]:
    kept = json.loads(TABLE.read_text("utf-8"))
    return tuple(kept["topics"]), {each: tuple(row) for each, row in kept["weights"].items()}


def scores(text: str) -> dict[str, float]:
    """Topic → probability by the table; they add up to 1."""
    topics, weights = _table()
    rows = [weights[each] for each in features(text) if each in weights]
    sums = [sum(column) for column in zip(weights[""], *rows, strict=True)]
    highest = max(sums)
    powers = [math.exp((each - highest) / SCALE) for each in sums]
    total = sum(powers)
    return {topic: power / total for topic, power in zip(topics, powers, strict=True)}
