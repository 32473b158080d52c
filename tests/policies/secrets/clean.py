"""Thousands of texts that must stay as they are, hard ones among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.policies.secrets import identifiers
from tests.policies.secrets.lot import Lot
from tests.policies.secrets.sample import Sample

SLOTS: dict[str, Callable[[Lot], str]] = {
    "time": lambda lot: f"{lot.between(1, 23)}:{lot.between(0, 59):02}",
    "amount": lambda lot: lot.pick((f"{lot.between(1, 90000)}", f"{lot.between(1, 999) / 100}")),
    "coin": lambda lot: lot.pick(("USDT", "BTC", "ETH", "TRX", "USDC")),
    "count": lambda lot: str(lot.between(2, 30)),
    "order": identifiers.order_number,
    "uid": identifiers.user_number,
    "txid": identifiers.txid,
    "ethtx": identifiers.ethereum_txid,
    "address": identifiers.address,
    "short": lambda lot: lot.text("123456789", lot.between(4, 6)),
    "zip": lambda lot: lot.text("123456789", 5),
}
CHATS = ("chinese", "english", "mixed")
PROSE = ("chinese", "english")
SEPARATORS = (" ", ", ", "\n", "，", "; ", " / ")


def lines_of(name: str) -> list[str]:
    """Our own texts: chats with slots in braces, stories and poems, lists of words."""
    path = Path(__file__).parent / "ordinary" / f"{name}.txt"
    return path.read_text(encoding="utf-8").splitlines()


def filled(lot: Lot, sentence: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda slot: SLOTS[slot[1]](lot), sentence)


def chat_samples(lot: Lot, each: int) -> Iterator[Sample]:
    """Every sentence alone, and with another before or behind it."""
    for language in CHATS:
        sentences = lines_of(f"{language}_chat")
        for sentence in sentences:
            for number in range(each):
                parts = [sentence, lot.pick(sentences)][: 1 + number % 2]
                whole = lot.pick((" ", "\n")).join(filled(lot, part) for part in parts)
                yield Sample("", language, "chat", whole)


def prose_samples(lot: Lot, each: int) -> Iterator[Sample]:
    for language in PROSE:
        lines = lines_of(f"{language}_prose")
        for _ in range(each * len(lines)):
            start = lot.below(len(lines))
            yield Sample(
                "", language, "prose and poems", "\n".join(lines[start : start + lot.between(1, 4)])
            )


def list_samples(lot: Lot, count: int) -> Iterator[Sample]:
    shopping, common = lines_of("shopping"), lines_of("common_words")
    for _ in range(count):
        items = lot.picks(shopping, lot.between(6, 20))
        yield Sample("", "english", "shopping lists", lot.pick(SEPARATORS).join(items))
        start = lot.below(len(common) - 30)
        excerpt = common[start : start + lot.between(12, 30)]
        yield Sample("", "english", "common words", lot.pick(SEPARATORS).join(excerpt))


def identifier_samples(lot: Lot, count: int) -> Iterator[Sample]:
    """Alone, or behind a name; a lone transaction cannot be told from a key and is not here."""
    for _ in range(count):
        yield Sample("", "", "addresses", identifiers.address(lot))
        yield Sample("", "", "user numbers", "UID " + identifiers.user_number(lot))
        yield Sample("", "", "order numbers", "order " + identifiers.order_number(lot))
        name = lot.pick(
            ("txid ", "tx: ", "哈希：", "交易", "my deposit ", "https://mempool.space/tx/")
        )
        yield Sample("", "", "transactions", name + identifiers.txid(lot))
        two = "\n".join(identifiers.txid(lot) for _ in range(2))
        yield Sample("", "", "transactions", "my transactions:\n" + two)


def clean_samples(lot: Lot, each: int) -> Iterator[Sample]:
    yield from chat_samples(lot, each)
    yield from prose_samples(lot, each)
    yield from list_samples(lot, 50 * each)
    yield from identifier_samples(lot, 15 * each)
