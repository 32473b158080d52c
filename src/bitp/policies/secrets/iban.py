"""International bank account numbers (ISO 13616): country, check digits modulo 97, length."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bitp.policies.secrets.finding import Found, Grade, Kind, Message

_LENGTHS_WRITTEN = (
    "ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 "
    "dk18 do28 ee20 eg29 es24 fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hn28 hr21 hu28 "
    "ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21 lt20 lu20 lv21 ly25 mc27 md24 me22 "
    "mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22 ru33 sa24 "
    "sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30 "
)
LENGTHS = {entry[:2]: int(entry[2:]) for entry in _LENGTHS_WRITTEN.split()}
"""Country → characters of its numbers, from the IBAN registry."""

# Begins at the digits, of which a text has fewer than letters.
_CHECK_DIGITS = re.compile(r"[0-9](?<=[a-z][a-z].)(?<![0-9a-z]...)[0-9](?=[ -]?[0-9a-z]{4})")


def find_ibans(message: Message) -> Iterator[Found]:
    lower = message.lower
    for digits in _CHECK_DIGITS.finditer(lower):
        start = digits.start() - len("de")
        length = LENGTHS.get(lower[start : start + len("de")])
        rest = _rest(length - len("de00")).match(lower, digits.end()) if length else None
        if not rest:
            continue
        number = lower[start : rest.end()].replace(" ", "").replace("-", "")
        if _is_right(number):
            yield Found(Kind.IBAN, start, rest.end(), len(number), Grade.CHECKSUM_OK, number)


@cache
def _rest(characters: int) -> re.Pattern[str]:
    """That many letters and digits, single spaces between them left out."""
    return re.compile(rf"(?:[ -]?[0-9a-z]){{{characters}}}(?![0-9a-z])")


def _is_right(number: str) -> bool:
    """Letters count as 10 to 35; the first four characters move to the end (ISO 7064 MOD 97-10)."""
    digits = "".join(str(int(character, 36)) for character in number[4:] + number[:4])
    return int(digits) % 97 == 1
