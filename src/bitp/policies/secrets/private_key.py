"""Private keys: WIF, encrypted WIF, extended keys, PEM blocks, and 64 hex digits by context."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bitp.policies.secrets.base58 import ALPHABET, has_right_checksum
from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.surroundings import (
    KEY_WORDS,
    SENTENCE_END,
    TRANSACTION_WORDS,
    after,
    before,
)

PEM_CHARS_MAX = 8_192
"""The largest private key in use (RSA 8192) needs 6,400; an unclosed block ends here."""

HEX_DIGITS = 64
"""Of a private key, and of a transaction."""

LONG_GROUP_DIGITS = 16
"""Lists of numbers have such groups too: they need the name of a key, and so do colons."""

_WIF = re.compile(
    rf"[5KLc96](?<![0-9A-Za-z].)(?:[{ALPHABET}]{{50,51}}|P[{ALPHABET}]{{56}})(?![0-9A-Za-z])"
)
# Mail programs wrap a key of 111 characters, so line breaks inside it do not end it.
_EXTENDED = re.compile(rf"[xyztuvYZUV]prv(?<![0-9A-Za-z]....)(?:\s?[{ALPHABET}]){{107}}")
_HEX = re.compile(r"[0-9a-f](?<![0-9a-z].)(?:(?<=0)x[0-9a-f])?[0-9a-f]{63}(?![0-9a-z])")
_BETWEEN_GROUPS = r"[\s:,_-]{1,2}"
_GROUPED = {
    size: re.compile(
        rf"[0-9a-f](?<![0-9a-z].)(?:(?<=0)x[0-9a-f])?[0-9a-f]{{{size - 1}}}"
        rf"(?:{_BETWEEN_GROUPS}[0-9a-f]{{{size}}}(?![0-9a-z])){{{HEX_DIGITS // size - 1},}}"
    )
    for size in (4, 8, 16, 32)
}
"""Whole chains of groups: a longer one than a key has is something else."""

_PEM_START = re.compile(r"-----begin [a-z0-9 ]{0,24}private key( block)?-----")
_PEM_END = re.compile(r"-----end [a-z0-9 ]{0,24}private key( block)?-----")
_NO_DIGIT = re.compile(r"[^0-9a-f]")
_WORDS_BETWEEN = re.compile(r"[^\W\d_]")


def find_encoded_keys(message: Message) -> Iterator[Found]:
    for match in _WIF.finditer(message.text):
        if has_right_checksum(match[0]):
            yield _key(match.start(), match.end(), Grade.CHECKSUM_OK, match[0])
        elif _is_labelled_key(message.lower, match.start(), match.end()):
            yield _key(match.start(), match.end(), Grade.CHECKSUM_FAILED, match[0])
    for match in _EXTENDED.finditer(message.text):
        encoded = "".join(match[0].split())
        grade = Grade.CHECKSUM_OK if has_right_checksum(encoded) else Grade.CHECKSUM_FAILED
        yield _key(match.start(), match.end(), grade, encoded)


def find_pem_keys(message: Message) -> Iterator[Found]:
    at = 0
    while start := _PEM_START.search(message.lower, at):
        limit = start.end() + PEM_CHARS_MAX
        end = _PEM_END.search(message.lower, start.end(), limit)
        at = end.end() if end else min(limit, len(message.lower))
        yield _key(start.start(), at, Grade.WELL_FORMED, message.text[start.start() : at])


def find_hex_keys(message: Message, known_txids: frozenset[str]) -> Iterator[Found]:
    """64 hex digits, unless they are known or named as a transaction.

    In a list, digits that follow one another without a word between share the first one's name.
    """
    grade: Grade | None = None
    named_until = 0
    for match in _HEX.finditer(message.lower):
        if not named_until or _WORDS_BETWEEN.search(message.lower, named_until, match.start()):
            grade = _grade(message.lower, named_until, match.start(), match.end())
        named_until = match.end()
        digits = match[0].removeprefix("0x")
        if grade and not known_txids & {digits, match[0]}:
            yield _key(match.start(), match.end(), grade, digits)


def find_grouped_keys(message: Message, known_txids: frozenset[str]) -> Iterator[Found]:
    """64 hex digits in groups of one size, unless they are known or named as a transaction."""
    for size, pattern in _GROUPED.items():
        for match in pattern.finditer(message.lower):
            digits = _NO_DIGIT.sub("", match[0].removeprefix("0x"))
            if len(digits) % HEX_DIGITS or digits.isdigit() or digits in known_txids:
                continue
            grade = _grade(message.lower, 0, match.start(), match.end())
            needs_name = size >= LONG_GROUP_DIGITS or ":" in match[0]
            if grade is Grade.LABELLED or (grade and not needs_name):
                yield _key(match.start(), match.end(), grade, digits)


def _grade(lower: str, named_until: int, start: int, end: int) -> Grade | None:
    """None for a transaction. The nearest sentence that names it counts, a key more than both."""
    for sentence in reversed(SENTENCE_END.split(before(lower, start, named_until))):
        if KEY_WORDS.search(sentence):
            return Grade.LABELLED
        if TRANSACTION_WORDS.search(sentence):
            return None if not _is_named_key(after(lower, end)) else Grade.LABELLED
    behind = after(lower, end)
    if _is_named_key(behind):
        return Grade.LABELLED
    return None if TRANSACTION_WORDS.search(behind) else Grade.UNLABELLED


def _is_named_key(behind: str) -> bool:
    """Whether what follows names a key before it names a transaction."""
    key, transaction = KEY_WORDS.search(behind), TRANSACTION_WORDS.search(behind)
    return key is not None and not (transaction and transaction.start() < key.start())


def _is_labelled_key(lower: str, start: int, end: int) -> bool:
    return bool(KEY_WORDS.search(before(lower, start)) or KEY_WORDS.search(after(lower, end)))


def _key(start: int, end: int, grade: Grade, secret: str) -> Found:
    return Found(Kind.PRIVATE_KEY, start, end, end - start, grade, secret)


def find_private_keys(
    message: Message, known_txids: frozenset[str] = frozenset()
) -> Iterable[Found]:
    yield from find_encoded_keys(message)
    yield from find_hex_keys(message, known_txids)
    if "private key" in message.lower:
        yield from find_pem_keys(message)
