"""The tokens: both themes readable, the two dark blocks equal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bitp.web

DESIGN = Path(bitp.web.__file__).parent / "static" / "design"
TOKENS = (DESIGN / "tokens.css").read_text()


def values(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block))


def block(selector: str) -> dict[str, str]:
    return values(TOKENS.partition(selector + " {")[2].partition("}")[0])


LIGHT = block(":root")
DARK = {**LIGHT, **block(':root[data-theme="dark"]')}
THEMES = {"light": LIGHT, "dark": DARK}
every_theme = pytest.mark.parametrize("theme", THEMES)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_two_dark_blocks_are_equal() -> None:
    assert block(':root:not([data-theme="light"])') == block(':root[data-theme="dark"]') != {}


@every_theme
@pytest.mark.parametrize("text", ["ink", "muted", "accent", "accent-strong"])
@pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
def test_text_is_readable_on_every_ground(theme: str, text: str, ground: str) -> None:
    tokens = THEMES[theme]
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@every_theme
@pytest.mark.parametrize("meaning", ["danger", "warning", "info", "note"])
def test_meanings_are_readable_on_their_tint_and_on_paper(theme: str, meaning: str) -> None:
    tokens = THEMES[theme]
    for ground in (tokens[f"{meaning}-tint"], tokens["paper"], tokens["surface"]):
        assert contrast(tokens[meaning], ground) >= 4.5
    assert contrast(tokens["ink"], tokens[f"{meaning}-tint"]) >= 4.5


@every_theme
def test_the_accent_carries_text_and_its_tint_too(theme: str) -> None:
    tokens = THEMES[theme]
    for ground in ("accent", "accent-strong"):
        assert contrast(tokens["on-accent"], tokens[ground]) >= 4.5
    for text in ("accent", "accent-strong", "ink"):
        assert contrast(tokens[text], tokens["accent-tint"]) >= 4.5


@every_theme
def test_controls_and_rises_stand_out(theme: str) -> None:
    tokens = THEMES[theme]
    for ground in ("paper", "surface", "sunken"):
        assert contrast(tokens["control-line"], tokens[ground]) >= 3
        for rise in ("green", "red"):
            assert contrast(tokens[rise], tokens[ground]) >= 4.5


def test_components_use_tokens_and_name_no_colour_of_their_own() -> None:
    for sheet in DESIGN.glob("*.css"):
        if sheet.name == "tokens.css":
            continue
        rules = re.sub(r"@media print \{.*", "", sheet.read_text(), flags=re.DOTALL)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb\(", rules), sheet.name


def test_every_token_used_is_defined() -> None:
    for sheet in DESIGN.parent.glob("*/*.css"):
        if sheet.parent.name not in {"design", "site"}:
            continue
        used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text()))
        assert used <= set(LIGHT), (sheet.name, used - set(LIGHT))


def test_the_classes_the_reference_names_exist() -> None:
    reference = (DESIGN.parents[4] / "docs" / "reference" / "design-system.md").read_text()
    sheets = "".join(sheet.read_text() for sheet in DESIGN.glob("*.css"))
    named = set(re.findall(r"`\.([a-z][a-z-]+)`", reference))
    assert len(named) > 20
    assert {name for name in named if not re.search(rf"\.{name}\b", sheets)} == set()
    assert {
        name for name in re.findall(r"`--([a-z0-9-]+)`", reference) if name not in LIGHT
    } == set()
