"""Accuracy by hand-written sentences: `python -m tests.policies.topics.measure` writes the page.

docs/benchmarks/topics.md: one confusion matrix per language, and how the data were made.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from time import perf_counter

from bitp.policies.topics import Guess, guess, tells_takeover, wants_human
from bitp.policies.topics.guess import CERTAIN_PERCENT
from bitp.policies.topics.model import TABLE
from tests.policies.topics.generate import LANGUAGES, SEED, held_out, training
from tests.policies.topics.train import TOPICS

PAGE = Path(__file__).parents[3] / "docs" / "benchmarks" / "topics.md"
NAMES = {"en": "English", "zh": "Chinese"}
ROUNDS = 5

HEAD = """# The topic's guess, measured

Written by `python -m tests.policies.topics.measure`. The first message of a conversation that
nobody gave a topic is guessed by a few rules and a linear model whose weights are a table
(`src/bitp/policies/topics/weights.json`, {size:,} bytes, no numeric library). Below {certain} %
certainty the guess is "other". Customers and agents correct it; what they chose stays.

## How the data were made

- **By hand**: {by_hand} sentences (`tests/policies/topics/held_out/`), written before anything
  else and never read by the generator or the trainer. Everything below is measured on them.
- **Generated**: {made:,} sentences from patterns of our own (`tests/policies/topics/patterns/`,
  seed `{seed}`), with greetings, pleas, capitals and slips of the finger. The trainer
  (`python -m tests.policies.topics.train`, logistic regression in plain Python) sees only these
  and writes the same table at every run.

One person wrote both, so real customers will be guessed less well than the figures say; the
corrections in the log (`conversation.topic_corrected`) will show by how much. No sentence of a
customer is in the data.
"""


def confusion(language: str) -> Counter[tuple[str, str]]:
    """(topic, guessed) → sentences, of those written by hand."""
    return Counter((topic, guess(text).topic) for topic, text in held_out(language))


def accuracy(found: Counter[tuple[str, str]]) -> float:
    """Share of sentences guessed right."""
    return sum(n for (topic, guessed), n in found.items() if topic == guessed) / found.total()


def cost_us(language: str) -> tuple[float, float]:
    """Microseconds per sentence: of a guess, and of listening for the two signs."""
    texts = [text for _, text in held_out(language)]
    began = perf_counter()
    for text in texts * ROUNDS:
        guess(text)
    guessed = perf_counter()
    for text in texts * ROUNDS:
        _listen(text)
    ended = perf_counter()
    count = len(texts) * ROUNDS / 1_000_000
    return (guessed - began) / count, (ended - guessed) / count


def _listen(text: str) -> tuple[bool, bool]:
    return wants_human(text), tells_takeover(text)


def page() -> str:
    """The whole page."""
    head = HEAD.format(
        size=TABLE.stat().st_size,
        certain=CERTAIN_PERCENT,
        by_hand=sum(len(held_out(each)) for each in LANGUAGES),
        made=sum(len(training(each)) for each in LANGUAGES),
        seed=SEED,
    )
    return head + "".join(_section(each) for each in LANGUAGES)


def _section(language: str) -> str:
    found = confusion(language)
    guess_us, listen_us = cost_us(language)
    rows = [f"| {one} | {_cells(found, one)} |" for one in TOPICS]
    guesses = [(topic, text, guess(text)) for topic, text in held_out(language)]
    wrong = [_wrong(*each) for each in guesses if each[0] != each[2].topic]
    return (
        f"\n## {NAMES[language]}: {accuracy(found):.1%} of {found.total()} sentences\n\n"
        f"A guess takes {guess_us:.0f} µs, listening for the two signs {listen_us:.0f} µs "
        "(mean, one busy core).\n\n"
        f"| is \\ guessed | {' | '.join(TOPICS)} |\n|---|{'---:|' * len(TOPICS)}\n"
        + "\n".join(rows)
        + "\n\nGuessed wrongly:\n\n"
        + "\n".join(wrong)
        + "\n"
    )


def _cells(found: Counter[tuple[str, str]], topic: str) -> str:
    return " | ".join(str(found[topic, guessed] or "") for guessed in TOPICS)


def _wrong(topic: str, text: str, found: Guess) -> str:
    return f"- {text} ({topic}; guessed {found.topic}, {found.certainty} %)"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(*(f"{each}: {accuracy(confusion(each)):.1%}" for each in LANGUAGES))
