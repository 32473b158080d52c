"""Chinese resident identity numbers (GB 11643-1999): place, birth date, sequence, check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitp.policies.secrets.finding import Found, Grade, Kind, Message

CHECK_DIGITS = "10x98765432"
"""Indexed by the weighted sum modulo 11."""

_PLACE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])(?<![0-9a-z]..)\d{4}"
_BIRTH = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_WRITTEN = re.compile(rf"{_PLACE}[ -]?{_BIRTH}[ -]?\d{{3}}[0-9x](?![0-9a-z])", re.ASCII)


def find_resident_ids(message: Message) -> Iterator[Found]:
    for match in _WRITTEN.finditer(message.lower):
        number = match[0].replace(" ", "").replace("-", "")
        if _is_right(number):
            yield Found(
                Kind.RESIDENT_ID,
                match.start(),
                match.end(),
                len(number),
                Grade.CHECKSUM_OK,
                number,
            )


def _is_right(number: str) -> bool:
    """ISO 7064 MOD 11-2: place n from the right weighs 2^(n-1)."""
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(number[:17]))
    return CHECK_DIGITS[total % 11] == number[17]
