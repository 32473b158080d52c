"""Seed phrases in letters: found however they are written, and ordinary words left alone."""

from __future__ import annotations

import unicodedata

import pytest

from bitp.policies.secrets import Finding, Grade, Kind, redact
from bitp.policies.secrets.word_lists import ALPHABETIC, PHRASE_SIZES
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.phrases import phrase, words_of

pytestmark = pytest.mark.once

VALID = "legal winner thank year wave sausage worth useful legal winner thank yellow"
TWELVE = "⟦removed:seed_phrase:12⟧"


def only_finding(text: str) -> Finding:
    findings = redact(text).findings
    assert len(findings) == 1, (text, findings)
    return findings[0]


def test_a_phrase_among_chat_words_leaves_the_chat_words() -> None:
    text = f"Hi, my seed is: {VALID}. Please help, my name is Alice"
    assert redact(text).text == f"Hi, my seed is: {TWELVE}. Please help, my name is Alice"


def test_a_finding_says_where_and_how_long_and_nothing_else() -> None:
    finding = only_finding(f"my words: {VALID}")
    assert (finding.kind, finding.grade) == (Kind.SEED_PHRASE, Grade.CHECKSUM_OK)
    assert (finding.start, finding.end, finding.length) == (10, 10 + len(VALID), 12)
    assert finding.fingerprint == ""


@pytest.mark.parametrize("language", ALPHABETIC)
@pytest.mark.parametrize("size", PHRASE_SIZES)
def test_every_list_and_size_is_found(language: str, size: int) -> None:
    lot = Lot(f"{language} {size}")
    text = " ".join(phrase(lot, language, size))
    assert redact(text).text == f"⟦removed:seed_phrase:{size}⟧"


@pytest.mark.parametrize(
    "written",
    [
        VALID.upper(),
        VALID.replace(" ", "\n"),
        VALID.replace(" ", ", "),
        VALID.replace(" ", "\u3000"),
        VALID.replace("e", "e\u200b"),
        unicodedata.normalize("NFKD", VALID),
        "".join(chr(ord(c) + 0xFEE0) if c != " " else c for c in VALID),
        "\n".join(f"{n}. {word}" for n, word in enumerate(VALID.split(), 1)),
        "\n".join(f"word {n}: {word}" for n, word in enumerate(VALID.split(), 1)),
        "\n".join(f"第{n}个 {word}" for n, word in enumerate(VALID.split(), 1)),
        "\n".join(f"| {n:>2} | {word:<10} |" for n, word in enumerate(VALID.split(), 1)),
        " ".join(f"{n}\ufe0f\u20e3 {word}" for n, word in enumerate(VALID.split(), 1)),
    ],
)
def test_however_it_is_written_no_word_is_left(written: str) -> None:
    assert only_finding(written).kind is Kind.SEED_PHRASE
    left = redact(written).text.lower()
    assert not any(word in left for word in VALID.split() if word != "word")


def test_four_letters_of_each_word_are_enough() -> None:
    assert only_finding(" ".join(word[:4] for word in VALID.split())).grade is Grade.ABBREVIATED


def test_a_wrong_checksum_is_graded_and_removed() -> None:
    finding = only_finding(VALID.replace("yellow", "zoo"))
    assert finding.grade is Grade.CHECKSUM_FAILED


@pytest.mark.parametrize("slip", ["sausge", "sausagee", "suasage", "sauzage"])
def test_one_misspelled_word_is_graded_and_removed(slip: str) -> None:
    text = VALID.replace("sausage", slip)
    assert redact(text).text == TWELVE
    assert only_finding(text).grade is Grade.MISSPELLED


def test_a_misspelled_first_or_last_word_is_removed_with_the_rest() -> None:
    assert redact(VALID.replace("yellow", "yelow")).text == TWELVE
    assert redact("legel" + VALID.removeprefix("legal")).text == TWELVE


def test_ten_words_are_removed_where_the_message_speaks_of_a_seed() -> None:
    ten = " ".join(VALID.split()[:10])
    assert only_finding(f"my seed phrase, two words are missing: {ten}").grade is Grade.PARTIAL
    assert redact(f"I know ten of them: {ten}").findings == ()


def test_accents_may_be_left_out_and_the_turkish_capital_i_may_lose_its_dot() -> None:
    lot = Lot("accents")
    for language in ("spanish", "french", "turkish"):
        text = " ".join(phrase(lot, language, 12))
        bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
        assert redact(text.upper()).findings
        if language != "turkish":
            assert redact(bare).text == TWELVE


def test_the_damaged_word_of_the_russian_list_is_found() -> None:
    words = list(words_of("russian")[:11])
    assert redact(" ".join([*words, "снова"])).text == TWELVE


@pytest.mark.parametrize(
    "text",
    [
        "You should know that they will always try to make this sound more urgent than it is.",
        "milk, bread, sugar, rice, salt, coffee, orange, lemon, tomato, butter, yoghurt, egg",
        "I will never share my seed phrase or recovery phrase with you or any other person again",
        "abandon ability able about above absent absorb abstract absurd abuse",
        "return self.network == other.network and self.address == other.address or network",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert redact(text).text == text


def test_a_stretch_of_a_longer_list_stays() -> None:
    words = "place water world school group country problem hand part case system program"
    text = ", ".join(["house", *words.split(), "government", "tables"])
    assert redact(text).text == text


@pytest.mark.parametrize("behind", ["code", "please help", "and code 123456", "can you check"])
def test_chat_words_of_the_list_right_behind_a_phrase_do_not_hide_it(behind: str) -> None:
    phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    masked = redact(f"{phrase} {behind}").text
    assert "sausage" not in masked
    assert "winner" not in masked


def test_a_code_right_behind_a_phrase_is_removed_too() -> None:
    text = redact(f"{VALID} and code 123456").text
    assert "123456" not in text
    assert "sausage" not in text
