"""The generated reference says what the code says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bitp.config.environment import Environment
from bitp.config.reference import DOCUMENTS, FOLDER, find_stale, write_all

pytestmark = pytest.mark.once


def test_every_generated_page_is_current() -> None:
    assert find_stale() == [], "run ./bitp reference"


def test_every_setting_is_documented_in_a_sentence() -> None:
    page = (FOLDER / "settings.md").read_text("utf-8")
    for each in fields(Environment):
        assert f"`BITP_{each.name.upper()}`" in page
        assert each.metadata["says"].endswith("."), each.name


def test_a_stale_page_is_named_and_written(tmp_path: Path) -> None:
    assert find_stale(tmp_path) == list(DOCUMENTS)
    assert write_all(tmp_path) == list(DOCUMENTS)
    assert find_stale(tmp_path) == []
    (tmp_path / "settings.md").write_text("something else")
    assert write_all(tmp_path) == ["settings.md"]
