"""Text nobody wrote for this corpus: what is installed with Python and Django stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics

import django
import pytest

from bitp.policies.secrets import Kind, redact

pytestmark = pytest.mark.once

LANGUAGES = ("zh_Hans", "zh_Hant", "en", "es", "fr", "it", "pt_BR", "cs", "tr", "ru", "ja", "ko")
FALSE_ALARMS_MAX = 1 / 2_000
_ENTRY = re.compile(r'^(?:msgid|msgstr(?:\[\d\])?) ((?:"(?:[^"\\\n]|\\.)*"\s*)+)', re.MULTILINE)
_QUOTED = re.compile(r'"((?:[^"\\\n]|\\.)*)"')


def django_texts() -> Iterator[str]:
    for language in LANGUAGES:
        for path in Path(django.__file__).parent.rglob(f"{language}/LC_MESSAGES/*.po"):
            for entry in _ENTRY.findall(path.read_text(encoding="utf-8")):
                yield "".join(_QUOTED.findall(entry)).replace("\\n", "\n")


def python_texts() -> Iterator[str]:
    for topic in topics.values():
        yield from topic.split("\n\n")


@pytest.mark.parametrize("texts", [django_texts, python_texts])
def test_hardly_any_text_is_taken_for_a_phrase_or_a_key(
    texts: type[Iterator[str]],
) -> None:
    found = [
        (text, redacted.findings)
        for text in texts()
        if text and (redacted := redact(text)).findings
    ]
    grave = [
        one for one in found if any(f.kind in (Kind.SEED_PHRASE, Kind.PRIVATE_KEY) for f in one[1])
    ]
    total = sum(1 for text in texts() if text)
    print(f"{texts.__name__}: {len(found)} of {total:,} touched")
    assert total > 1_000
    assert len(found) <= total * FALSE_ALARMS_MAX, found[:5]
    assert len(grave) <= total * FALSE_ALARMS_MAX, grave[:5]
