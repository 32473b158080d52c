"""Makes the table of weights: `python -m tests.policies.topics.train` (half a minute).

Logistic regression by stochastic gradient descent in plain Python; the same table at every run.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter, defaultdict

from bitp.policies.topics.features import features
from bitp.policies.topics.model import SCALE, TABLE
from tests.policies.topics.generate import LANGUAGES, SEED, training

TOPICS = ("account", "security", "deposit", "withdrawal", "order", "privacy", "technical", "other")
EPOCHS = 8
RATE = 0.25
# Pulls weights towards nothing, so that no single word decides.
SHRINK = 0.0004
# A feature seen less often than this is chance.
SEEN_MIN = 3
# Features whose weights hardly differ say nothing; the table goes without them.
SPREAD_MIN = 0.30
# The sum of features grows with a sentence's length; certainty must not.
BIAS = ""

Row = list[float]


def train(samples: list[tuple[str, set[str]]], dice: random.Random) -> dict[str, Row]:
    """Weights per feature, one per topic."""
    weights: dict[str, Row] = defaultdict(lambda: [0.0] * len(TOPICS))
    for epoch in range(EPOCHS):
        dice.shuffle(samples)
        rate = RATE / (1 + epoch)
        for topic, found in samples:
            _step(weights, found, TOPICS.index(topic), rate)
    return weights


def _step(weights: dict[str, Row], found: set[str], right: int, rate: float) -> None:
    rows = [weights[each] for each in sorted(found)]
    sums = [sum(column) for column in zip(*rows, strict=True)]
    highest = max(sums)
    powers = [math.exp(each - highest) for each in sums]
    total = sum(powers)
    errors = [rate * power / total for power in powers]
    errors[right] -= rate
    for row in rows:
        for at, error in enumerate(errors):
            row[at] -= error + rate * SHRINK * row[at]


def main() -> None:
    """Trains on all generated sentences and writes the table."""
    texts = [pair for language in LANGUAGES for pair in training(language)]
    found = [(topic, features(text)) for topic, text in texts]
    seen = Counter(feature for _, some in found for feature in some)
    known = {feature for feature, times in seen.items() if times >= SEEN_MIN}
    samples = [(topic, (some & known) | {BIAS}) for topic, some in found]
    weights = train(samples, random.Random(SEED))
    kept = {
        feature: [round(SCALE * each) for each in row]
        for feature, row in sorted(weights.items())
        if feature == BIAS or max(row) - min(row) >= SPREAD_MIN
    }
    rows = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
        for feature, row in kept.items()
    )
    topics = json.dumps(TOPICS)
    TABLE.write_text(f'{{"topics":{topics},\n"weights":{{\n{rows}\n}}}}\n', "utf-8")
    print(f"{len(texts):,} sentences, {len(kept):,} features, {TABLE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
