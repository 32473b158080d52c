"""Both languages are complete: every text of the product has its Chinese."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bitp.config.messages import compile_messages
from tests.architecture.sources import PACKAGE, short

pytestmark = pytest.mark.once

CHINESE = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
# A key of a module of texts: its indentation is its place in the nesting.
KEY = re.compile(r'^(\s+)"?([\w.-]+)"?(?:\s*:|\()', re.MULTILINE)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """The Chinese catalogue as it would be after extracting every text of the sources anew."""
    if shutil.which("xgettext") is None or shutil.which("msgmerge") is None:
        pytest.skip("gettext is not installed")
    copy = tmp_path_factory.mktemp("extracted") / "bitp"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "zh_Hans", "--no-obsolete"],
        cwd=copy,
        check=True,
        capture_output=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    with (copy / CHINESE).open("rb") as text:
        return read_po(text, locale="zh_Hans")


def test_every_text_has_its_chinese(extracted: Catalog) -> None:
    missing = []
    for message in extracted:
        forms = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (message.fuzzy or not all(forms)):
            where = ", ".join(f"{name}:{line}" for name, line in message.locations[:2])
            missing.append(f"{message.id!r} ({where}){' fuzzy' if message.fuzzy else ''}")
    assert not missing, f"{len(missing)} texts without Chinese:\n" + "\n".join(missing)


def test_no_translation_loses_a_placeholder(extracted: Catalog) -> None:
    wrong = []
    for message in extracted:
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        expected = {name for each in ids for name in PLACEHOLDER.findall(each)}
        found = {name for each in forms if each for name in PLACEHOLDER.findall(each)}
        if message.id and any(forms) and not found <= expected:
            wrong.append(f"{message.id!r}: {sorted(found - expected)}")
        if message.id and any(forms) and expected - found and not message.pluralizable:
            wrong.append(f"{message.id!r}: lost {sorted(expected - found)}")
    assert not wrong, "\n".join(wrong)


def test_translations_use_chinese_punctuation(extracted: Catalog) -> None:
    """A comma or full stop between Han characters is the full-width one."""
    wrong = [
        str(form)
        for message in extracted
        for form in (
            message.string if isinstance(message.string, tuple | list) else (message.string,)
        )
        if form and re.search(r"[\u4e00-\u9fff][,.;:?!](?=\s|$|[\u4e00-\u9fff])", form)
    ]
    assert not wrong, "\n".join(wrong)


def keys_of(path: Path) -> list[tuple[int, str]]:
    """(depth, key) in order; English's singular forms have no Chinese counterpart."""
    found = KEY.findall(path.read_text("utf-8"))
    return [(len(space), key) for space, key in found if not key.endswith(".one")]


def test_the_scripts_texts_have_equal_keys() -> None:
    folders = sorted(path for path in PACKAGE.rglob("strings") if path.is_dir())
    assert folders
    for folder in folders:
        english, chinese = keys_of(folder / "en.js"), keys_of(folder / "zh-hans.js")
        assert len(english) > 10
        assert set(english) == set(chinese), short(folder)
        assert HAN.search((folder / "zh-hans.js").read_text("utf-8"))


def test_catalogues_compile_without_other_programs(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    (folder / "django.po").write_text(f'{header}msgid "Hello"\nmsgstr "您好"\n', "utf-8")
    assert compile_messages(tmp_path) == 1
    assert compile_messages(tmp_path) == 0
    assert "您好".encode() in (folder / "django.mo").read_bytes()


def test_the_project_has_a_chinese_catalogue() -> None:
    assert (PACKAGE / CHINESE).exists()
