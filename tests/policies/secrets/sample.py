"""One text of the corpus, and where its secret stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Sample:
    """`kind` is empty for a clean text; otherwise `text[start:end]` is the secret."""

    kind: str
    language: str
    form: str
    text: str
    start: int = 0
    end: int = 0


def within(wrap: str, secret: str, kind: str, language: str, form: str) -> Sample:
    """A sample with the secret in place of `{}`; what matters begins and ends with a letter.

    So the numbering before the first word or the bracket around it may stay.
    """
    ahead, _, behind = wrap.partition("{}")
    text = ahead + secret + behind
    if kind == "seed_phrase":
        letters = [at for at, character in enumerate(secret) if character.isalpha()]
        return Sample(
            kind, language, form, text, len(ahead) + letters[0], len(ahead) + letters[-1] + 1
        )
    return Sample(kind, language, form, text, len(ahead), len(ahead) + len(secret))


def between(sample: Sample, first: str, last: str) -> Sample:
    """The same sample, where what matters reaches from one word to another: labels may stay."""
    secret = sample.text[sample.start : sample.end]
    starts = re.search(rf"(?<![\w-]){first}(?![\w-])|(?<=\d[：.]){first}", secret)
    assert starts, secret
    end = secret.rindex(last) + len(last)
    return replace(sample, start=sample.start + starts.start(), end=sample.start + end)
