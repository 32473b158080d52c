"""Secrets of exchange interfaces: long random strings that the words ahead call a key or secret."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitp.policies.secrets.base58 import has_right_checksum
from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.surroundings import before

SECRET_CHARS_MIN = 16
"""The shortest in use; what is shorter is a password or an order number."""

SECRET_CHARS_MAX = 512
"""Longer strings are files, not secrets."""

DIFFERENT_CHARS_MIN = 8
"""Hex of 32 digits drawn by lot has fewer once in a million times."""

_STRING = re.compile(r"[0-9A-Za-z+/=_-]{16,}")
_API_WORDS = re.compile(
    r"api[ _-]?(?:key|secret|pass|token|密钥|秘钥|私钥|密鑰|密码)|secret|passphrase"
    r"|private[ _-]?key|access[ _-]?(?:key|token)|bearer"
    r"|密钥|秘钥|密鑰|密匙|(?<![a-z])apikey|(?<![a-z])api(?![a-z])"
)
_IN_API_WORDS = ("api", "secret", "passphrase", "key", "bearer", "access", "密", "秘")
"""Cheap: one of them stands in every name."""

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}|(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,71}")
_BASE58_ADDRESS = re.compile(r"[T13][1-9A-HJ-NP-Za-km-z]{24,33}")
_TRANSACTION = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_OTHER_NAME = re.compile(r"address|地址|https?:|txid|transaction|order|订单|單號|单号|hash|哈希")


def find_api_secrets(message: Message) -> Iterator[Found]:
    """A label names what follows it, up to the next string; addresses and txids are left alone."""
    if not any(map(message.lower.__contains__, _IN_API_WORDS)):
        return
    named_until = 0
    for match in _STRING.finditer(message.text):
        if not _is_random(match[0]):
            continue
        ahead = before(message.lower, match.start(), named_until)
        named_until = match.end()
        if _names_secret(ahead):
            length = match.end() - match.start()
            yield Found(
                Kind.API_SECRET, match.start(), match.end(), length, Grade.LABELLED, match[0]
            )


def _is_random(string: str) -> bool:
    if len(string) > SECRET_CHARS_MAX or len(set(string)) < DIFFERENT_CHARS_MIN:
        return False
    if string.isdigit():
        return False
    if string.isalpha() and (string.islower() or string.isupper() or string.istitle()):
        return False
    if not any(character.isdigit() for character in string) and "-" in string + "_":
        return _mixes_cases(string)
    return not (_is_address(string) or _TRANSACTION.fullmatch(string))


def _is_address(string: str) -> bool:
    if _BASE58_ADDRESS.fullmatch(string):
        return has_right_checksum(string)
    return _ADDRESS.fullmatch(string) is not None


def _mixes_cases(string: str) -> bool:
    return not (string.islower() or string.isupper())


def _names_secret(ahead: str) -> bool:
    """Whether the last name ahead is that of a secret."""
    last = max((match.end() for match in _API_WORDS.finditer(ahead)), default=0)
    return last > max((match.end() for match in _OTHER_NAME.finditer(ahead)), default=0)
