"""Sentences for training, made from patterns: `{a|b|}` is one of its parts, perhaps none.

The patterns were written for this; the sentences in held_out/ were written first, by hand, and
nothing of the generator reads them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "zh")
SEED = "bitp topics 1"
SENTENCES_PER_PATTERN = 22
# Share of the sentences that get the noise of people who type in a hurry.
NOISY = 0.25
FRAMED = 0.35

_CHOICE = re.compile(r"\{([^{}]*)\}")
_BEFORE = {
    "en": ("hi, ", "hello ", "please help, ", "hey ", "sorry but ", "good morning, ", "urgent: "),
    "zh": ("你好，", "您好 ", "请问", "在吗，", "急！", "客服你好，", "我想问一下，"),
}
_AFTER = {
    "en": (" please", "?", " please help", "!!", " thanks", ".", " asap", " what can I do"),
    "zh": ("？", "！", "，谢谢", "，急", "。", "，怎么处理", "啊", "，帮我看看"),
}
_KEYS = "abcdefghijklmnopqrstuvwxyz"


def read_sections(path: Path) -> Iterator[tuple[str, str]]:
    """(topic, line) of a file whose sections begin with ``[topic]``."""
    topic = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            topic = line.strip("[]")
        elif line.strip():
            yield topic, line.strip()


def held_out(language: str) -> list[tuple[str, str]]:
    """The hand-written sentences: (topic, sentence)."""
    return list(read_sections(HERE / "held_out" / f"{language}.txt"))


def training(language: str) -> list[tuple[str, str]]:
    """Generated sentences: (topic, sentence), the same at every run."""
    dice = random.Random(f"{SEED} {language}")
    made = []
    for topic, pattern in read_sections(HERE / "patterns" / f"{language}.txt"):
        texts = {expand(pattern, dice) for _ in range(SENTENCES_PER_PATTERN)}
        made += [(topic, disturb(frame(text, language, dice), dice)) for text in sorted(texts)]
        made += [(topic, text) for text in sorted(texts)]
    return made


def expand(pattern: str, dice: random.Random) -> str:
    """One sentence of the pattern."""
    while "{" in pattern:
        pattern = _CHOICE.sub(lambda found: dice.choice(found[1].split("|")), pattern, count=1)
    return " ".join(pattern.split())


def frame(text: str, language: str, dice: random.Random) -> str:
    """Sometimes with a greeting before or a plea after."""
    before = dice.choice(_BEFORE[language]) if dice.random() < FRAMED else ""
    after = dice.choice(_AFTER[language]) if dice.random() < FRAMED else ""
    return f"{before}{text}{after}"


def disturb(text: str, dice: random.Random) -> str:
    """Sometimes shouted, in small letters, or with a slip of the finger."""
    if dice.random() > NOISY or len(text) < 6:
        return text
    kind = dice.choice(("upper", "lower", "drop", "swap", "double", "wrong"))
    at = dice.randrange(1, len(text) - 1)
    return {
        "upper": text.upper(),
        "lower": text.lower(),
        "drop": text[:at] + text[at + 1 :],
        "swap": text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :],
        "double": text[:at] + text[at] + text[at:],
        "wrong": text[:at] + dice.choice(_KEYS) + text[at + 1 :] if text.isascii() else text,
    }[kind]
