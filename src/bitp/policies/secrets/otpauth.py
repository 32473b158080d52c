"""Authenticator secrets: otpauth links, and Base32 strings that are named as such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bitp.policies.secrets.finding import Found, Grade, Kind, Message
from bitp.policies.secrets.surroundings import before

_LINK = re.compile(r"otpauth(?:-migration)?://[^\s<>\"'，。；）】]+")
_BASE32 = re.compile(r"[A-Z2-7]{4}(?<![0-9A-Za-z]....)(?:[ -]?[A-Z2-7]{4}){3,15}(?![0-9A-Za-z])")
_NAMES = re.compile(
    r"authenticator|2fa|mfa|totp|two[- ]factor|setup key|secret"
    r"|密钥|秘钥|密鑰|验证器|驗證器|身份验证|谷歌"
)


def find_authenticator_secrets(message: Message) -> Iterator[Found]:
    if "otpauth" in message.lower:
        for match in _LINK.finditer(message.lower):
            yield _found(message, match.start(), match.end(), Grade.WELL_FORMED)
    for match in _BASE32.finditer(message.text):
        has_digit = any(character.isdigit() for character in match[0])
        if has_digit and _NAMES.search(before(message.lower, match.start())):
            yield _found(message, match.start(), match.end(), Grade.LABELLED)


def _found(message: Message, start: int, end: int, grade: Grade) -> Found:
    return Found(Kind.OTPAUTH, start, end, end - start, grade, message.text[start:end])
