"""The page about settings says what the settings are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bitp.config.environment import BadSetting, read_environment
from bitp.config.reference import settings_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "settings.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text() == settings_page()


@pytest.mark.parametrize(
    ("name", "text"), [("BITP_WEB_THREADS", "many"), ("BITP_STAFF_AUTHENTICATOR", "perhaps")]
)
def test_a_setting_that_cannot_be_understood_is_named(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=name):
        read_environment({name: text})


def test_an_empty_variable_is_the_default() -> None:
    assert read_environment({"BITP_WEB_THREADS": " "}) == read_environment({})
