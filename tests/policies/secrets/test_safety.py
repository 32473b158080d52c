"""The reply to somebody who has just given their wallet away."""

from __future__ import annotations

import pytest

from bitp.policies.secrets import Kind, redact
from bitp.policies.secrets.safety import KIND_NAMES, SAFETY_REPLY

pytestmark = pytest.mark.once


def test_both_languages_say_all_four_things() -> None:
    for language, parts in {
        "zh-hans": ("去掉", "转走", "新钱包", "信得过", "BitP 都不会"),
        "en": ("took it out", "can take everything", "new wallet", "you trust", "never asks"),
    }.items():
        assert all(part in SAFETY_REPLY[language] for part in parts)
        assert "!" not in SAFETY_REPLY[language]
        assert "！" not in SAFETY_REPLY[language]


def test_the_reply_itself_holds_no_secret() -> None:
    for reply in SAFETY_REPLY.values():
        assert redact(reply).findings == ()


def test_every_kind_has_a_name_in_both_languages() -> None:
    assert set(KIND_NAMES) == set(SAFETY_REPLY)
    for names in KIND_NAMES.values():
        assert set(names) == set(Kind)
