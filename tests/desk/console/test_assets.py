"""The console's files: all named, all there, small, and every word in both languages."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

from bitp.desk.console import assets
from bitp.desk.conversations.models import STATUSES, TOPICS
from bitp.policies.secrets.finding import Kind

STATIC = Path(settings.PACKAGE) / "web" / "static"
CONSOLE = STATIC / "console"
IMPORT = re.compile(r'^import (?:[^"]*? from )?"(\.[^"]+)";', re.MULTILINE)
KEY = re.compile(r'^  "([\w.-]+)": "(.*)",$', re.MULTILINE)
SAID = re.compile(r'\b(?:say|stateNotice)\(\s*"([a-z_.]+)"|"([a-z]+(?:\.[a-z_]+)+)"')
# Strings of the same shape that are no words: events of the streams.
EVENTS = (
    "message.posted",
    "conversation.changed",
    "conversation.assigned",
    "conversation.unassigned",
    "conversation.raised",
    "conversation.urgent",
)
# What a cold cache loads before the first paint, compressed (bytes).
FIRST_PAINT_MAX = 150_000


def words_of(language: str) -> dict[str, str]:
    return dict(KEY.findall((CONSOLE / "strings" / f"{language}.js").read_text("utf-8")))


def imported_from(path: Path, known: set[Path]) -> set[Path]:
    """The modules reachable from one, itself left out."""
    for name in IMPORT.findall(path.read_text("utf-8")):
        target = (path.parent / name).resolve()
        if target not in known:
            known.add(target)
            imported_from(target, known)
    return known


def test_the_page_names_every_module_that_main_imports() -> None:
    found = imported_from(CONSOLE / "main.js", set())
    assert sorted(str(path.relative_to(STATIC)) for path in found) == sorted(assets.MODULES)


def test_every_sheet_is_there() -> None:
    missing = [sheet for sheet in assets.SHEETS if not (STATIC / sheet).exists()]
    assert missing == []


def test_the_first_paint_is_small() -> None:
    names = [*assets.SHEETS, *assets.MODULES, "console/main.js", "console/strings/zh-hans.js"]
    names += ["console/icons.svg"]
    size = sum(len(gzip.compress((STATIC / name).read_bytes())) for name in names)
    print(f"first paint: {size} bytes compressed")
    assert size <= FIRST_PAINT_MAX


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = words_of("en"), words_of("zh-hans")
    assert english.keys() == chinese.keys()
    place = re.compile(r"\{\w+\}")
    for key, words in english.items():
        assert sorted(place.findall(words)) == sorted(place.findall(chinese[key])), key


def test_every_word_that_is_said_exists() -> None:
    known = words_of("en")
    unknown = []
    for path in CONSOLE.glob("*.js"):
        if path.stem not in assets.OWN and path.stem != "main":
            continue
        for key in (one or other for one, other in SAID.findall(path.read_text("utf-8"))):
            is_known = key in known or f"{key}.other" in known or key in EVENTS
            if not is_known and is_key(key, known):
                unknown.append(f"{path.name}: {key}")
    assert unknown == []


def is_key(key: str, known: dict[str, str]) -> bool:
    """Whether a string of this shape is meant as a key: it begins as one of them does."""
    return key.partition(".")[0] in {each.partition(".")[0] for each in known}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_value_of_the_tables_has_its_word(language: str) -> None:
    known = words_of(language)
    assert {f"topic.{topic}" for topic in TOPICS} <= known.keys()
    assert {f"status.{status}" for status in STATUSES} <= known.keys()
    assert {f"secret.{kind}" for kind in Kind} <= known.keys()
