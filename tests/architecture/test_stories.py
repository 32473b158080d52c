"""The stories for newcomers name things that exist."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORY = (ROOT / "ARCHITECTURE.md").read_text()
NAMED = sorted(set(re.findall(r"`(bitp\.[\w.]+:[\w.]+)`", STORY)))
SCRIPTS = sorted(set(re.findall(r"`(web/static/[\w/]+\.js)`", STORY)))
LINKS = [
    (page.relative_to(ROOT).as_posix(), link)
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    for link in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text())
]


@pytest.mark.parametrize("name", NAMED)
def test_what_the_story_names_exists(name: str) -> None:
    module, _, path = name.partition(":")
    found = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_scripts_it_names_exist(script: str) -> None:
    assert (ROOT / "src" / "bitp" / script).is_file()


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_links_between_our_pages_lead_somewhere(page: str, link: str) -> None:
    assert (ROOT / page).parent.joinpath(link).exists()


def test_the_story_names_enough_to_follow() -> None:
    assert len(NAMED) >= 12
