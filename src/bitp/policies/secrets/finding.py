"""What a finder reports, and what the caller of `redact` gets."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

FINGERPRINT_HEX_DIGITS = 32
"""128 bits: enough to recognise the same secret again, short enough to read in a log."""


class Kind(StrEnum):
    """What was removed. The values stand in masks and in stored findings: never rename one.
    The graver stand first."""

    SEED_PHRASE = "seed_phrase"
    PRIVATE_KEY = "private_key"
    OTPAUTH = "otpauth"
    API_SECRET = "api_secret"  # noqa: S105 - a name, not a secret
    ONE_TIME_CODE = "one_time_code"
    CARD = "card"
    RESIDENT_ID = "resident_id"
    IBAN = "iban"


GIVES_AWAY_FUNDS = frozenset({Kind.SEED_PHRASE, Kind.PRIVATE_KEY})
"""Kinds that call for the safety reply and a flag: whoever has read one can take the money."""


class Grade(StrEnum):
    """How sure the finder is, and why. Every grade is removed all the same."""

    CHECKSUM_OK = "checksum_ok"
    ABBREVIATED = "abbreviated"  # a seed phrase in four-letter forms, checksum right
    CHECKSUM_FAILED = "checksum_failed"
    MISSPELLED = "misspelled"  # a seed phrase with a word that is nearly on the list
    PARTIAL = "partial"  # a seed phrase of an unusual number of words
    LABELLED = "labelled"  # no checksum; the words beside it say what it is
    UNLABELLED = "unlabelled"  # no checksum; nothing beside it says that it is harmless
    WELL_FORMED = "well_formed"  # no checksum; the shape cannot be anything else


class Message(NamedTuple):
    """A folded text and its lower case; both have the same length, so offsets fit both."""

    text: str
    lower: str


class Found(NamedTuple):
    """A secret in a folded text, `start` to `end`.

    `length` counts words for a seed phrase and characters otherwise. `secret` is the canonical
    form for the fingerprint; it stays inside this package.
    """

    kind: Kind
    start: int
    end: int
    length: int
    grade: Grade
    secret: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One secret: where it stood in the original text, and all that may be kept of it."""

    kind: Kind
    start: int
    end: int
    length: int
    grade: Grade
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that is safe to store, and what was taken out of it, in order of appearance."""

    text: str
    findings: tuple[Finding, ...] = ()

    @property
    def gives_away_funds(self) -> bool:
        return any(finding.kind in GIVES_AWAY_FUNDS for finding in self.findings)


MASK_PATTERN = re.compile(rf"⟦removed:({'|'.join(Kind)}):([0-9]{{1,5}})⟧")
"""A mask: kind and length. Screens replace it by words in the reader's language."""

MASK_START = "⟦removed:"
LENGTH_SHOWN_MAX = 99_999


def mask(kind: Kind, length: int) -> str:
    return f"{MASK_START}{kind}:{min(length, LENGTH_SHOWN_MAX)}⟧"


def fingerprint(key: bytes, found: Found) -> str:
    """Hex of a keyed hash of the secret; empty without a key.

    One-time codes have none: a million candidates are tried in a second by whoever has the key.
    """
    if not key or found.kind is Kind.ONE_TIME_CODE:
        return ""
    content = f"{found.kind}\x1f{found.secret}".encode("utf-8", "surrogatepass")
    return hmac.new(key, content, hashlib.sha256).hexdigest()[:FINGERPRINT_HEX_DIGITS]
