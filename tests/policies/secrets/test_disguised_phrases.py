"""Phrases copied out of a page, written without spaces, or written so that nobody finds them."""

from __future__ import annotations

import html
from itertools import pairwise

import pytest

from bitp.policies.secrets import Grade, Kind, redact
from bitp.policies.secrets.glued import cuts_of
from bitp.policies.secrets.lookalikes import LOOKALIKES
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.phrases import phrase

pytestmark = pytest.mark.once

VALID = "legal winner thank year wave sausage worth useful legal winner thank yellow"
WORDS = VALID.split()
TWELVE = "⟦removed:seed_phrase:12⟧"
CAMEL = "".join(word.title() for word in WORDS)
GLUED = "".join(WORDS)
LIST = "".join(f"<li>{word}</li>" for word in WORDS)
ORDINALS = ["1st", "2nd", "3rd", *(f"{n}th" for n in range(4, 13))]
ROMAN = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
CYRILLIC = str.maketrans("aeocpxyi", "аеосрхуі")
SMALL_CAPITALS = str.maketrans("abcdeghiklmnoprtuwy", "ᴀʙᴄᴅᴇɢʜɪᴋʟᴍɴᴏᴘʀᴛᴜᴡʏ")
CIRCLED = {97 + n: chr(0x1F150 + n) for n in range(26)}
RAISED = str.maketrans("aeglnortu", "ᵃᵉᵍˡⁿᵒʳᵗᵘ")


def counted(marks: list[str]) -> str:
    return "\n".join(f"{mark} {word}" for mark, word in zip(marks, WORDS, strict=True))


WRITTEN = {
    "camel case": CAMEL,
    "lower camel case": CAMEL[0].lower() + CAMEL[1:],
    "camel case with a slip": CAMEL.replace("Sausage", "Sausge"),
    "no spaces": GLUED,
    "no spaces, capitals": GLUED.upper(),
    "no spaces, with a slip": GLUED.replace("sausage", "sausge"),
    "no spaces, four letters": "".join(word[:4] for word in WORDS),
    "no spaces, four a line": "\n".join("".join(WORDS[n : n + 4]) for n in (0, 4, 8)),
    "no spaces, two a line": "\n".join("".join(WORDS[n : n + 2]) for n in range(0, 12, 2)),
    "list items": f"<ol>{LIST}</ol>",
    "list items with long attributes": LIST.replace("<li>", '<li class="list-group-item" id="1">'),
    "escaped tags": html.escape(LIST),
    "table": "".join(f"<tr><td>{n}</td><td>{word}</td></tr>" for n, word in enumerate(WORDS)),
    "line breaks": "<br>".join(WORDS),
    "closed line breaks": "<br/>\n".join(WORDS),
    "hard spaces": "&nbsp;".join(WORDS),
    "square tags": "".join(f"[li]{word}[/li]" for word in WORDS),
    "JSON objects": ", ".join(f'{{"index": {n}, "word": "{w}"}}' for n, w in enumerate(WORDS)),
    "other JSON objects": ",".join(f'{{"at":{n},"value":"{w}"}}' for n, w in enumerate(WORDS)),
    "ordinals": counted(ORDINALS),
    "letters that count": counted([f"{chr(97 + n)})" for n in range(12)]),
    "Roman numbers": counted([f"{mark}." for mark in ROMAN]),
    "labels": counted([f"palabra {n}:" for n in range(1, 13)]),
    "short labels": counted([f"No.{n}" for n in range(1, 13)]),
    "Chinese labels": counted([f"单词{n}：" for n in range(1, 13)]),
    "letters apart": "  ".join(" ".join(word) for word in WORDS),
    "letters apart, words no further": " ".join(GLUED),
    "letters apart, a word a line": "\n".join(" ".join(word) for word in WORDS),
    "hyphens between letters": " ".join("-".join(word) for word in WORDS),
    "letters apart and numbered": "\n".join(f"{n}. {' '.join(w)}" for n, w in enumerate(WORDS)),
    "Cyrillic letters": VALID.translate(CYRILLIC),
    "one Cyrillic letter a word": " ".join(word.replace("e", "е", 1) for word in WORDS),
    "Greek letters": VALID.replace("o", "ο").replace("a", "α"),
    "small capitals": VALID.translate(SMALL_CAPITALS),
    "circled letters": VALID.translate(CIRCLED),
    "raised letters": VALID.translate(RAISED),
    "marks on letters": VALID.replace("e", "é").replace("a", "à"),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_no_word_is_left(name: str) -> None:
    redacted = redact(WRITTEN[name])
    assert [finding.kind for finding in redacted.findings] == [Kind.SEED_PHRASE]
    assert redacted.findings[0].length == 12
    plain = redacted.text.lower().translate(LOOKALIKES)
    assert not any(word[:4] in plain for word in WORDS)


@pytest.mark.parametrize("name", ["camel case", "no spaces", "letters apart", "Cyrillic letters"])
def test_what_stands_around_it_stays(name: str) -> None:
    text = f"Привет, my wallet:\n{WRITTEN[name]}\nпожалуйста, help 👍🏽"
    assert redact(text).text == f"Привет, my wallet:\n{TWELVE}\nпожалуйста, help 👍🏽"


def test_a_phrase_without_spaces_is_the_same_phrase() -> None:
    texts = (VALID, CAMEL, GLUED, WRITTEN["list items"], WRITTEN["Cyrillic letters"])
    prints = {redact(text, key=b"k").findings[0].fingerprint for text in texts}
    assert len(prints) == 1
    assert {redact(text).findings[0].grade for text in texts} == {Grade.CHECKSUM_OK}


@pytest.mark.parametrize(
    "language", ["spanish", "french", "italian", "czech", "turkish", "russian"]
)
def test_other_lists_are_parted_too(language: str) -> None:
    for size in (12, 24):
        text = "".join(phrase(Lot(f"parted {language} {size}"), language, size))
        assert redact(text).text.startswith("⟦removed:seed_phrase:"), text


def test_a_phrase_in_chinese_in_a_list_is_found() -> None:
    words = phrase(Lot("list"), "chinese_simplified", 12)
    text = "".join(f"<li>{word}</li>" for word in words)
    assert redact(text).text == f"<li>{TWELVE}</li>"


def test_letters_of_no_word_stay_together_between_two_words() -> None:
    string = "myseedis" + GLUED
    cuts = [0, *cuts_of([(0, string)]), len(string)]
    pieces = [string[a:b] for a, b in pairwise(cuts)]
    assert pieces[-12:] == WORDS


@pytest.mark.parametrize(
    "text",
    [
        "The <b>fee</b> is shown on the <a href='/fees'>page of fees</a>, then I press <i>pay</i>.",
        "a) open wallet b) select asset c) enter amount d) confirm e) wait. Which step is wrong?",
        "1st I opened the app, 2nd I pressed buy, 3rd the price changed, 4th it was filled.",
        "getAccountBalance().thenConvertAmountToCurrency(exchangeRateProvider) returns null",
        "incomprehensibilities, counterrevolutionaries, internationalization, misunderstandings",
        "W H Y   I S   M Y   M O N E Y   G O N E ?   A N S W E R   M E   N O W ,   P L E A S E",
        "everybodyunderstandssomethingaboutwhateverishappeninghere",
        "Моя заявка висит уже три часа, когда будет вывод средств? Проверьте, пожалуйста.",
        "Η ανάληψή μου εκκρεμεί εδώ και τρεις ώρες, μπορείτε να το ελέγξετε παρακαλώ;",
        "Le dépôt est arrivé hier, mais le solde affiché reste à zéro, pourquoi ça ?",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text).text == text
