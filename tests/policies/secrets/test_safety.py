"""The reply to somebody who has just given their wallet away."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import bitp
from bitp.policies.secrets import Kind, redact
from bitp.policies.secrets.safety import KIND_NAMES, SAFETY_REPLY

pytestmark = pytest.mark.once

STATIC = Path(bitp.__file__).parent / "web" / "static"
REMOVED = {"en": "{} removed", "zh-hans": "{}已移除"}


def strings_of(screen: str, language: str) -> str:
    return (STATIC / screen / "strings" / f"{language}.js").read_text(encoding="utf-8")


def test_both_languages_say_all_four_things() -> None:
    for language, parts in {
        "zh-hans": ("移除", "转走", "新建钱包", "信得过", "BitP 都不会"),
        "en": ("removed it", "can take everything", "new wallet", "you trust", "ever asks"),
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


@pytest.mark.parametrize("language", SAFETY_REPLY)
def test_the_widget_gives_this_very_reply(language: str) -> None:
    written = re.search(
        r'safety_reply: \(\) =>\s*((?:"[^"]*"[\s+]*)+),', strings_of("widget", language)
    )
    assert written is not None
    said = "".join(map(json.loads, re.findall(r'"[^"]*"', written[1])))
    assert said == SAFETY_REPLY[language]


@pytest.mark.parametrize("language", KIND_NAMES)
def test_both_screens_call_the_kinds_by_these_names(language: str) -> None:
    widget, console = strings_of("widget", language), strings_of("console", language)
    for kind, name in KIND_NAMES[language].items():
        assert f'    {kind}: "{REMOVED[language].format(name)}",' in widget, kind
        assert f'"secret.{kind}": "{name}",' in console, kind
