"""Recall and precision on the corpus: `python -m tests.policies.secrets.measure` writes both files.

docs/benchmarks/redaction.md is the table, docs/benchmarks/redaction-corpus.jsonl a sample of every
kind and form of text in the corpus.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from bitp.policies.secrets import Kind, redact
from tests.policies.secrets.corpus import SEED, corpus
from tests.policies.secrets.sample import Sample

DOCS = Path(__file__).parents[3] / "docs" / "benchmarks"
TABLE = DOCS / "redaction.md"
SAMPLES = DOCS / "redaction-corpus.jsonl"
SECRETS_SHOWN = 5
CLEAN_SHOWN = 60
"""Samples shown of each kind, list and form."""

Key = Callable[[Sample], str]


class Measured:
    """What was found in every sample of the corpus."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self.samples = list(samples)
        self.found = [redact(sample.text).findings for sample in self.samples]

    def is_recalled(self, at: int) -> bool:
        """Whether the whole secret is covered, by a finding of its kind."""
        sample = self.samples[at]
        return any(
            finding.kind == sample.kind
            and finding.start <= sample.start
            and finding.end >= sample.end
            for finding in self.found[at]
        )

    def recall(
        self, kind: str, key: Key = lambda sample: sample.kind
    ) -> dict[str, tuple[int, int]]:
        """Group → (covered, all)."""
        covered: Counter[str] = Counter()
        total: Counter[str] = Counter()
        for at, sample in enumerate(self.samples):
            if sample.kind == kind:
                total[key(sample)] += 1
                covered[key(sample)] += self.is_recalled(at)
        return {group: (covered[group], total[group]) for group in total}

    def precision(self, kind: str) -> tuple[int, int]:
        """(samples rightly masked, samples masked) for one kind."""
        masked = [
            sample
            for sample, found in zip(self.samples, self.found, strict=True)
            if any(finding.kind == kind for finding in found)
        ]
        return sum(sample.kind == kind for sample in masked), len(masked)

    def touched_clean(self) -> list[Sample]:
        return [
            sample
            for sample, found in zip(self.samples, self.found, strict=True)
            if found and not sample.kind
        ]

    def clean_forms(self) -> dict[str, int]:
        return Counter(sample.form for sample in self.samples if not sample.kind)


@cache
def measured() -> Measured:
    return Measured(corpus())


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.2f} %" if whole else "none"


def table() -> str:
    return "\n".join(_lines(measured())) + "\n"


def _lines(results: Measured) -> Iterator[str]:
    secrets = sum(bool(sample.kind) for sample in results.samples)
    clean = len(results.samples) - secrets
    yield "# Redaction of secrets, measured"
    yield ""
    yield (
        f"Written by `python -m tests.policies.secrets.measure`. The corpus is generated "
        f"(`tests/policies/secrets/corpus.py`, seed `{SEED}`): {secrets:,} texts with a secret and "
        f"{clean:,} without; [a sample](redaction-corpus.jsonl) is beside this file. Recalled "
        f"means that every word or character of the secret is covered by a finding of the right "
        f"kind; precision is the share of right ones among the texts with a finding of that kind."
    )
    yield ""
    yield "| kind | texts | recall | precision |"
    yield "|---|---:|---:|---:|"
    for kind in Kind:
        covered, total = results.recall(kind)[kind]
        precision = share(*results.precision(kind))
        yield f"| {kind} | {total:,} | {share(covered, total)} | {precision} |"
    yield ""
    yield f"Of the {clean:,} clean texts {len(results.touched_clean())} were touched:"
    yield ""
    yield from (f"- {form}: {count:,}" for form, count in results.clean_forms().items())
    yield ""
    yield (
        "These texts were at hand while the rules were made. `test_installed_text.py` checks the "
        "rules on texts that were not: Django's translations in twelve languages and Python's "
        "manual; there at most 1 text in 2,000 may be touched."
    )
    yield from _groups(results, "word list", lambda sample: sample.language)
    yield from _groups(results, "way of writing", lambda sample: sample.form)
    yield ""
    yield "## What it cannot know"
    yield ""
    yield (
        "- Chinese characters without spaces, chat words right beside them, no word of a seed, and "
        "a wrong checksum: that is a sentence to anyone. Part of it may stay."
    )
    yield (
        "- Twelve words of a list in a row, set apart, are taken for a phrase whatever was meant; "
        "for 64 hex digits that nothing names, the same."
    )
    yield (
        "- Digits in place of letters (l3gal), Japanese or Korean words without spaces, a key in "
        "pairs of digits, or in groups of 16 or 32 without its name."
    )
    yield "- One word of a phrase in each message is not seen: every text is judged by itself."


def _groups(results: Measured, name: str, key: Key) -> Iterator[str]:
    yield ""
    yield f"## Seed phrases by {name}"
    yield ""
    yield f"| {name} | texts | recall |"
    yield "|---|---:|---:|"
    for group, (covered, total) in results.recall(Kind.SEED_PHRASE, key).items():
        yield f"| {group.replace('_', ' ')} | {total:,} | {share(covered, total)} |"


def samples() -> str:
    shown: Counter[tuple[str, str, str]] = Counter()
    lines: list[str] = []
    for sample in corpus():
        group = (sample.kind, sample.language, sample.form)
        shown[group] += 1
        if shown[group] <= (SECRETS_SHOWN if sample.kind else CLEAN_SHOWN):
            lines.append(json.dumps(asdict(sample), ensure_ascii=False))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    DOCS.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(table(), encoding="utf-8")
    SAMPLES.write_text(samples(), encoding="utf-8")
