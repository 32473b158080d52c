"""Seed phrases as people send them: every list, every size, every way of writing."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache

from bitp.policies.secrets.word_lists import read_words
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.sample import Sample, between, within

KIND = "seed_phrase"
SIZES = (12, 15, 18, 21, 24)
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

WRAPS = (
    "{}",
    "{}\n",
    "my seed is: {} please help",
    "Hello, I lost access to my wallet.\n{}\nCan you restore it?",
    "here you go {}",
    "I found this in my grandfather's desk, what is it? {}",
    "{} <- that is what the old paper says",
    "hi my phone is broken, these are the words: {}. When will it work again?",
    "助记词：{}",
    "我的助记词是 {} 请帮我看一下为什么导入不了",
    "这是我以前抄下来的，{}，还能用吗？",
    "您好，钱包打不开了。\n{}\n麻烦帮我恢复，谢谢！",
    "帮我看看这个对不对：{}",
    "お願いします「{}」",
)
GLUED_WRAPS = (
    "我的助记词是{}请帮我导入",
    "助记词{}",
    "我抄的是{}，对吗",
    "恢复词就是{}谢谢",
    "请问{}是什么意思？",
)
"""For Chinese written without spaces. The third and the fifth have chat words right beside."""

Writer = Callable[[Lot, list[str]], str]


words_of = cache(read_words)


def phrase(lot: Lot, language: str, size: int) -> list[str]:
    """A valid phrase, computed by the letter of BIP-39."""
    entropy = lot.octets(size * 4 // 3)
    checksum_bits = len(entropy) // 4
    bits = int.from_bytes(entropy, "big") << checksum_bits
    bits |= hashlib.sha256(entropy).digest()[0] >> 8 - checksum_bits
    numbers = [bits >> 11 * place & 2047 for place in reversed(range(size))]
    return [words_of(language)[number] for number in numbers]


def _lines_of(count: int) -> Writer:
    def write(_: Lot, words: list[str]) -> str:
        lines = [words[at : at + count] for at in range(0, len(words), count)]
        return "\n".join(" ".join(line) for line in lines)

    return write


def _numbered(pattern: str, separator: str) -> Writer:
    def write(_: Lot, words: list[str]) -> str:
        return separator.join(pattern.format(n, word) for n, word in enumerate(words, 1))

    return write


def _joined(separator: str) -> Writer:
    return lambda _, words: separator.join(words)


def _invisible(lot: Lot, words: list[str]) -> str:
    text = " ".join(words)
    mark = lot.pick("\u200b\u200c\u200d\u2060\ufeff\u00ad")
    return "".join(letter + mark * lot.chance(0.3) for letter in text[:-1]) + text[-1]


def _misspelled(lot: Lot, words: list[str]) -> str:
    at = lot.below(len(words))
    return " ".join([*words[:at], _slip(lot, words[at]), *words[at + 1 :]])


def _slip(lot: Lot, word: str) -> str:
    at = lot.below(len(word) - 1)
    other = lot.pick("abcdefghijklmnopqrstuvwxyz" if word.isascii() else word)
    return lot.pick(
        (
            word[:at] + word[at + 1 :],
            word[:at] + other + word[at + 1 :],
            word[:at] + other + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )


def _wide(_: Lot, words: list[str]) -> str:
    text = " ".join(words)
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" for c in text)


def _without_accents(_: Lot, words: list[str]) -> str:
    text = unicodedata.normalize("NFKD", " ".join(words)).replace("ı", "i")
    return "".join(letter for letter in text if not unicodedata.combining(letter))


def _tagged(pattern: str, around: str = "{}") -> Writer:
    """Each word in a pattern of markup; sources of pages also break lines between them."""

    def write(lot: Lot, words: list[str]) -> str:
        between = lot.pick(("", "\n"))
        return around.format(_numbered(pattern, between)(lot, words))

    return write


def _objects(_: Lot, words: list[str]) -> str:
    return json.dumps(
        [{"index": n, "word": word} for n, word in enumerate(words)], ensure_ascii=False
    )


def _labelled(lot: Lot, words: list[str]) -> str:
    pattern = lot.pick(("单词{}：{}", "第{}个单词：{}", "palabra {}: {}", "No.{} {}", "w{} {}"))
    return _numbered(pattern, "\n")(lot, words)


def _ordinals(_: Lot, words: list[str]) -> str:
    ends = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd"}
    return "\n".join(f"{n}{ends.get(n, 'th')} {word}" for n, word in enumerate(words, 1))


def _lettered(lot: Lot, words: list[str]) -> str:
    mark = lot.pick((")", ".", ":"))
    return "\n".join(f"{chr(97 + n)}{mark} {word}" for n, word in enumerate(words))


def _letters_apart(lot: Lot, words: list[str]) -> str:
    inside, between = lot.pick(((" ", "  "), (" ", "\n"), (" ", " / "), ("-", " "), (" ", " ")))
    return between.join(inside.join(word) for word in words)


FOREIGN = ("аеосрхуіјһ", "aeocpxyijh"), ("αοινρυχ", "aoivpux"), ("ᴀʙᴄᴅᴇɢʜɪᴋʟᴍɴᴏ", "abcdeghiklmno")


def _foreign(lot: Lot, words: list[str]) -> str:
    """Letters that look like ours, in every place or in some."""
    foreign, ours = lot.pick(FOREIGN)
    table = dict(zip(ours, foreign, strict=True))
    share = lot.pick((0.3, 1.0))
    return "".join(table.get(c, c) if lot.chance(share) else c for c in " ".join(words))


MARKUP_FORMS: dict[str, Writer] = {
    "HTML list": _tagged('<li class="list-group-item word-{}">{}</li>', "<ol>{}</ol>"),
    "HTML table": _tagged("<tr><td>{}</td><td>{}</td></tr>", "<table>{}</table>"),
    "HTML line breaks": _tagged("{}. {}<br/>"),
}
COUNTED_FORMS: dict[str, Writer] = {
    "JSON objects": _objects,
    "labels": _labelled,
    "ordinals": _ordinals,
    "lettered": _lettered,
}
GLUED_FORMS: dict[str, Writer] = {
    "camel case": lambda _, words: "".join(word.title() for word in words),
    "without spaces": _joined(""),
    "without spaces, lines of 4": lambda _, words: "\n".join(
        "".join(words[at : at + 4]) for at in range(0, len(words), 4)
    ),
    "letters apart": _letters_apart,
}
FOREIGN_FORMS: dict[str, Writer] = {"foreign letters": _foreign}
ANY_FORMS: dict[str, Writer] = {
    "spaces": _joined(" "),
    "wrong checksum": lambda lot, words: " ".join(lot.shuffled(words)),
    "lines of 3": _lines_of(3),
    "lines of 4": _lines_of(4),
    "one a line": _joined("\n"),
    "numbered": _numbered("{}. {}", " "),
    "numbered lines": _numbered("{}) {}", "\n"),
    "numbers glued": _numbered("{}{}", " "),
    "commas": _joined(", "),
    "wide commas": _joined("，"),
    "semicolons": _joined("; "),
    "bars": _joined(" | "),
    "hyphens": _joined("-"),
    "tabs": _joined("\t"),
    "wide spaces": _joined("\u3000"),
    "as JSON": lambda _, words: json.dumps(words, ensure_ascii=False),
    "invisible characters": _invisible,
}
ALPHABETIC_FORMS: dict[str, Writer] = {
    "upper case": lambda _, words: " ".join(words).upper(),
    "title case": lambda _, words: " ".join(word.title() for word in words),
    "decomposed": lambda _, words: unicodedata.normalize("NFD", " ".join(words)),
    "one misspelled": _misspelled,
}
SHORT_FORMS: dict[str, Writer] = {
    "four letters": lambda _, words: " ".join(word[:4] for word in words),
    "four letters, lines": lambda _, words: "\n".join(word[:4].upper() for word in words),
    "without accents": _without_accents,
}
CHINESE_FORMS: dict[str, Writer] = {
    "no spaces": _joined(""),
    "no spaces, wrong checksum": lambda lot, words: "".join(lot.shuffled(words)),
    "groups of 3": lambda _, words: " ".join(
        "".join(words[at : at + 3]) for at in range(0, len(words), 3)
    ),
    "no spaces, lines of 6": lambda _, words: "\n".join(
        "".join(words[at : at + 6]) for at in range(0, len(words), 6)
    ),
    "one misspelled": lambda lot, words: " ".join(
        [*words[:5], lot.pick("账您蹭饕犀翡鲸"), *words[6:]]
    ),
}


def forms_of(language: str) -> dict[str, Writer]:
    if language in CHINESE:
        return ANY_FORMS | MARKUP_FORMS | CHINESE_FORMS
    forms = ANY_FORMS | MARKUP_FORMS | ALPHABETIC_FORMS | COUNTED_FORMS
    if language not in ("japanese", "korean"):
        forms |= SHORT_FORMS | GLUED_FORMS
    if language in ("english", "italian", "portuguese", "czech"):
        forms |= {"full width": _wide} | FOREIGN_FORMS
    return forms


def phrase_samples(lot: Lot, rounds: int) -> Iterator[Sample]:
    for language in ALPHABETIC + CHINESE:
        for form, write in forms_of(language).items():
            for size in SIZES * rounds:
                words = phrase(lot, language, size)
                written = write(lot, words)
                sample = within(_wrap(lot, form), written, KIND, language, form)
                if form in MARKUP_FORMS | COUNTED_FORMS:
                    sample = between(sample, words[0], words[-1])
                yield sample


def _wrap(lot: Lot, form: str) -> str:
    if form.startswith("no spaces") and lot.chance(0.5):
        return lot.pick(GLUED_WRAPS)
    return lot.pick(WRAPS)
