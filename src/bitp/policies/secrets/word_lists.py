"""The word lists of BIP-39, as the `mnemonic` package carries them: ten official, two more.

`WORDS` is read once at import: every form a word is written in (whole, without accents,
shortened to four letters) with a bit for each list it is on. The numbers of the words
serve the checksum.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from importlib import resources

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

WORD_BITS = 11
CHECKSUM_RATIO = 33
"""A phrase is 33 parts, 32 of entropy and one of checksum."""


def read_words(language: str) -> tuple[str, ...]:
    """The 2,048 words of a list in order, lower case, composed (NFKC)."""
    path = resources.files("mnemonic") / "wordlist" / f"{language}.txt"
    return tuple(unicodedata.normalize("NFKC", path.read_text(encoding="utf-8")).split())


def without_accents(word: str) -> str:
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFKD", word).replace("ı", "i")
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _numbered_forms(language: str, words: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Whole words first: where a short form is another word, the whole word wins."""
    yield from ((word, number) for number, word in enumerate(words))
    if language in SYLLABIC:
        return
    for number, word in enumerate(words):
        yield word[:ABBREVIATION_LETTERS], number
        if not word.isascii():
            plain = without_accents(word)
            yield plain, number
            yield plain[:ABBREVIATION_LETTERS], number


def _read_all() -> tuple[dict[str, int], dict[str, dict[str, int]]]:
    lists: dict[str, int] = {}
    numbers: dict[str, dict[str, int]] = {}
    # One object for each form and number, whichever lists it is on: this halves the memory.
    same: dict[str, str] = {}
    shared_numbers = tuple(range(2**WORD_BITS))
    for position, language in enumerate(ALPHABETIC):
        forms = numbers[language] = {}
        words = read_words(language)
        for form, number in _numbered_forms(language, words):
            form = same.setdefault(form, form)
            if form not in forms:
                forms[form] = shared_numbers[number]
                lists[form] = lists.get(form, 0) | 1 << position
    return lists, numbers


WORDS, NUMBERS = _read_all()
"""WORDS: form → bits of the lists it is on; bit n stands for `ALPHABETIC[n]`.
NUMBERS: language → form → number of the word, 0 to 2047."""


def is_phrase(indices: Sequence[int]) -> bool:
    """Whether the last bits of a phrase are the checksum of the rest (BIP-39)."""
    if len(indices) not in PHRASE_SIZES:
        return False
    joined = 0
    for index in indices:
        joined = joined << WORD_BITS | index
    checksum_bits = len(indices) * WORD_BITS // CHECKSUM_RATIO
    entropy = (joined >> checksum_bits).to_bytes(checksum_bits * 4, "big")
    expected = hashlib.sha256(entropy).digest()[0] >> (8 - checksum_bits)
    return joined & (1 << checksum_bits) - 1 == expected
