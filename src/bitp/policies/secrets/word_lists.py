"""The word lists of BIP-39, as the `mnemonic` package carries them: ten official, two more.

`WORDS` is read once at import: every form a word is written in (whole, without accents,
shortened to four letters) with a bit for each list it is on. The numbers of the words
serve the checksum.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import mnemonic

ALPHABETIC = (
    "english",
    "spanish",
    "french",
    "italian",
    "portuguese",
    "czech",
    "turkish",
    "russian",
    "japanese",
    "korean",
)
CHINESE = ("chinese_simplified", "chinese_traditional")
SYLLABIC = frozenset({"japanese", "korean"})
"""Lists nobody shortens to four letters: their words have two to seven syllables."""

ABBREVIATION_LETTERS = 4
"""Each list is made so that its words differ in their first four letters."""

PHRASE_SIZES = (12, 15, 18, 21, 24)
"""The numbers of words BIP-39 knows."""

DAMAGED = ("сно\ufffd\ufffdа", "снова")
"""One word of the Russian list as the package has it, and what it must have been."""

_ACCENTS = re.compile("[\u0300-\u036f]")

WORD_BITS = 11
CHECKSUM_RATIO = 33
"""A phrase is 33 parts, 32 of entropy and one of checksum."""


def read_words(language: str) -> tuple[str, ...]:
    """The 2,048 words of a list in order, lower case, composed (NFKC)."""
    path = Path(mnemonic.__file__).parent / "wordlist" / f"{language}.txt"
    text = path.read_text(encoding="utf-8").replace(*DAMAGED)
    return tuple(unicodedata.normalize("NFKC", text).split())


def read_everyday(language: str) -> list[str]:
    """What people say all day, from our own file; lines with a # say which part of life."""
    path = Path(__file__).parent / f"everyday_{language}.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def _without_accents(words: Sequence[str]) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", " ".join(words))
    return _ACCENTS.sub("", decomposed).replace("ı", "i").split()


def _columns(language: str) -> Iterator[Sequence[str]]:
    """The words in every form, each time in the order of the list.

    Whole words come first: where a short form is another word, the whole word wins.
    """
    words = read_words(language)
    yield words
    if language in SYLLABIC:
        return
    written: list[Sequence[str]] = [words]
    if not "".join(words).isascii():
        # A capital I gives a dotted i in lower case, in Turkish too.
        written += [_without_accents(words), tuple(word.replace("ı", "i") for word in words)]
    yield from written[1:]
    for column in written:
        yield [word[:ABBREVIATION_LETTERS] for word in column]


def _read_all() -> dict[str, int]:
    lists: dict[str, int] = {}
    for position, language in enumerate(ALPHABETIC):
        for form in set().union(*_columns(language)):
            lists[form] = lists.get(form, 0) | 1 << position
    return lists


WORDS = _read_all()
"""Form → bits of the lists it is on; bit n stands for `ALPHABETIC[n]`."""


@cache
def numbers_of(language: str) -> dict[str, int]:
    """Form → number of the word, 0 to 2047; read when a list is first needed for a checksum."""
    numbers: dict[str, int] = {}
    for column in _columns(language):
        for number, form in enumerate(column):
            numbers.setdefault(form, number)
    return numbers


def is_phrase(numbers: Iterable[int]) -> bool:
    """Whether the last bits of a phrase of a usual size are the checksum of the rest (BIP-39)."""
    bits = "".join(format(number, f"0{WORD_BITS}b") for number in numbers)
    checksum_bits = len(bits) // CHECKSUM_RATIO
    entropy = int(bits[:-checksum_bits], 2).to_bytes(checksum_bits * 4, "big")
    expected = hashlib.sha256(entropy).digest()[0] >> 8 - checksum_bits
    return int(bits[-checksum_bits:], 2) == expected
