"""The corpus of secrets and of texts without one. The same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.policies.secrets.clean import clean_samples
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.other_secrets import other_samples
from tests.policies.secrets.phrases import phrase_samples
from tests.policies.secrets.sample import Sample

SEED = "bitp redaction corpus 1"
PHRASE_ROUNDS = 4
OTHER_EACH = 200
CLEAN_EACH = 20


@cache
def corpus() -> tuple[Sample, ...]:
    return tuple(_draw(Lot(SEED)))


def _draw(lot: Lot) -> Iterator[Sample]:
    yield from phrase_samples(lot, PHRASE_ROUNDS)
    yield from other_samples(lot, OTHER_EACH)
    yield from clean_samples(lot, CLEAN_EACH)
