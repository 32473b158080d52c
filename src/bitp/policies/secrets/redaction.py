"""Takes secrets out of a text. Pure, and in time linear in the length of the text.

Source: policy 8, secrets in messages. An ordinary message costs a few cheap searches; a finder
runs only where one of them saw what it looks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bitp.policies.secrets.api_secret import find_api_secrets
from bitp.policies.secrets.card import find_cards
from bitp.policies.secrets.finding import (
    MASK_PATTERN,
    MASK_START,
    Finding,
    Found,
    Kind,
    Message,
    Redacted,
    fingerprint,
    mask,
)
from bitp.policies.secrets.folding import Folded, fold
from bitp.policies.secrets.han_phrase import find_han_phrases, may_hold_han_phrase
from bitp.policies.secrets.iban import find_ibans
from bitp.policies.secrets.one_time_code import find_one_time_codes, find_recovery_codes
from bitp.policies.secrets.otpauth import find_authenticator_secrets
from bitp.policies.secrets.private_key import find_grouped_keys, find_private_keys
from bitp.policies.secrets.readings import may_read_otherwise, readings
from bitp.policies.secrets.resident_id import find_resident_ids
from bitp.policies.secrets.seed_phrase import find_seed_phrases
from bitp.policies.secrets.word_runs import RUN_WORDS_MIN, WORD, may_hold_run, on_lists

SECRET_CHARS_MIN = 4
"""The shortest secret is a one-time code of four digits."""

_RANKS = {kind: rank for rank, kind in enumerate(Kind)}
_LONG_STRING = re.compile(r"[0-9A-Za-z+/=_-]{16}")
_GROUPS = re.compile(r" [A-Z2-7]{4} [A-Z2-7]{4} ")
_HEX_GROUPS = re.compile(r" (?:[0-9A-Fa-f]{4}){1,4},? (?:[0-9A-Fa-f]{4}){1,4},? [0-9A-Fa-f]{4}")
_HEX_JOINED = re.compile(r"[\n:_-](?:[0-9A-Fa-f]{4}){1,8}[\n:_-]")
# Of a thousand keys in groups of four one has no three digits in a row; in longer groups none.
_NUMBER = re.compile(r"[0-9][0-9][0-9]")
_LONG_NUMBER = re.compile(r"[0-9](?:[ -]?[0-9]){12}")


def redact(text: str, *, known_txids: frozenset[str] = frozenset(), key: bytes = b"") -> Redacted:
    """`text` with a mask in place of every secret, and what they were.

    `known_txids`: transactions of this customer, lower-case hex; they stay readable.
    `key`: for the fingerprints; without one they are empty.
    """
    if len(text) < SECRET_CHARS_MIN:
        return Redacted(text)
    folded = fold(_without_masks(text))
    found = _find_all(folded.message, known_txids)
    if not found:
        return Redacted(text)
    return _masked(text, folded, _merged(found), key)


def _without_masks(text: str) -> str:
    """As long as `text`; masks of an earlier pass name nothing, so a second one changes nothing."""
    if MASK_START not in text:
        return text
    return MASK_PATTERN.sub(lambda mask: "⟦" * len(mask[0]), text)


def _find_all(message: Message, known_txids: frozenset[str]) -> list[Found]:
    text, lower = message
    found = _find_phrases(message)
    if "recovery" in lower or "backup" in lower or "码" in lower or "碼" in lower:
        found += find_recovery_codes(message)
    if _LONG_STRING.search(text) or _GROUPS.search(text) or "otpauth" in lower:
        found += find_private_keys(message, known_txids)
        found += find_authenticator_secrets(message)
        found += find_api_secrets(message)
    if _NUMBER.search(text):
        found += find_one_time_codes(message)
        found += find_ibans(message)
        if _may_hold_hex_groups(text):
            found += find_grouped_keys(message, known_txids)
        if _LONG_NUMBER.search(text):
            found += find_cards(message)
            found += find_resident_ids(message)
    return found


def _may_hold_hex_groups(text: str) -> bool:
    if _HEX_GROUPS.search(text):
        return True
    is_joined = "-" in text or "\n" in text or ":" in text or "_" in text
    return is_joined and _HEX_JOINED.search(text) is not None


def _find_phrases(message: Message) -> list[Found]:
    text, lower = message
    words = WORD.findall(lower)
    on_list = on_lists(words) if len(words) >= RUN_WORDS_MIN else b""
    found: list[Found] = []
    if may_hold_run(words, on_list):
        found += find_seed_phrases(message)
    if may_read_otherwise(lower, words, on_list):
        found += _find_in_readings(message)
    if may_hold_han_phrase(text):
        found += find_han_phrases(message)
    return found


def _find_in_readings(message: Message) -> Iterator[Found]:
    """Seed phrases that only show when the text is read in another way."""
    for reading in readings(message):
        text, lower = reading.message
        words = WORD.findall(lower)
        if may_hold_run(words, on_lists(words)):
            yield from map(reading.in_original, find_seed_phrases(reading.message))
        if may_hold_han_phrase(text):
            yield from map(reading.in_original, find_han_phrases(reading.message))


def _merged(found: Iterable[Found]) -> list[Found]:
    """In order, without overlaps: the longer secret, or else the graver, covers both."""
    merged: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if merged and one.start < merged[-1].end:
            merged[-1] = _covering(merged[-1], one)
        else:
            merged.append(one)
    return merged


def _covering(one: Found, other: Found) -> Found:
    wider = min(one, other, key=lambda found: (found.start - found.end, _RANKS[found.kind]))
    return wider._replace(start=min(one.start, other.start), end=max(one.end, other.end))


def _masked(text: str, folded: Folded, found: Iterable[Found], key: bytes) -> Redacted:
    pieces: list[str] = []
    findings: list[Finding] = []
    copied = 0
    for one in found:
        start, end = folded.original_start(one.start), folded.original_end(one.end)
        start = max(start, copied)
        pieces += (text[copied:start], mask(one.kind, one.length))
        findings.append(Finding(one.kind, start, end, one.length, one.grade, fingerprint(key, one)))
        copied = end
    pieces.append(text[copied:])
    return Redacted("".join(pieces), tuple(findings))
