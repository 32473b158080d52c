"""Recall and precision on the corpus, and the published files."""

from __future__ import annotations

import pytest

from bitp.policies.secrets import Kind
from tests.policies.secrets.measure import SAMPLES, TABLE, measured, samples, share, table

pytestmark = pytest.mark.once

PHRASE_RECALL_MIN = 0.995
PHRASE_PRECISION_MIN = 0.99
OTHER_MIN = 0.99
SAMPLES_BYTES_MAX = 1_000_000
WRITE = "run: python -m tests.policies.secrets.measure"


@pytest.mark.parametrize("kind", Kind)
def test_recall_and_precision_are_what_we_promise(kind: Kind) -> None:
    covered, total = measured().recall(kind)[kind]
    right, masked = measured().precision(kind)
    print(f"{kind}: recall {share(covered, total)}, precision {share(right, masked)} of {total}")
    is_phrase = kind is Kind.SEED_PHRASE
    assert covered / total >= (PHRASE_RECALL_MIN if is_phrase else OTHER_MIN)
    assert right / masked >= (PHRASE_PRECISION_MIN if is_phrase else OTHER_MIN)


def test_every_list_reaches_the_promised_recall_but_for_the_chinese_without_spaces() -> None:
    groups = measured().recall(Kind.SEED_PHRASE, lambda s: f"{s.language}: {s.form}")
    weak = {group for group, (covered, total) in groups.items() if covered / total < 0.95}
    assert all("no spaces" in group for group in weak), weak


def test_clean_texts_are_left_alone() -> None:
    touched = measured().touched_clean()
    total = sum(measured().clean_forms().values())
    print(f"clean: {len(touched)} of {total} touched")
    assert len(touched) <= total // 1_000, touched[:5]


def test_the_published_table_is_current() -> None:
    assert TABLE.read_text(encoding="utf-8") == table(), WRITE


def test_the_published_samples_are_current_and_small() -> None:
    published = SAMPLES.read_bytes()
    assert published.decode() == samples(), WRITE
    assert len(published) <= SAMPLES_BYTES_MAX
