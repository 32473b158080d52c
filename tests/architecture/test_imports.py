"""Imports point one way, so that a part can be understood without those built on it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, python_files, short, tree_of

pytestmark = pytest.mark.once

# Each imports only what stands before it.
ORDER = (
    "lib",
    "policies",
    "events",
    "identity",
    "oversight",
    "exchange",
    "platform",
    "desk",
    "site",
    "demo",
    "config",
)
# The gateway knows nobody: what it needs of the desk is handed to it.
LIVE = "live"
LIVE_IMPORTS = {"lib", "live"}
IMPORT_LIVE = {"desk", "demo", "config", "live"}
# Templates, styles and scripts; its Python knows no part, so whoever shows pages may use it.
WEB = "web"
IMPORT_WEB = {"desk", "site", "demo", "config", "web"}


def part_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported_parts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, part) of every import of ours, also those inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            words = name.split(".")
            if words[0] == "bitp" and len(words) > 1:
                yield node.lineno, words[1]


def may_import(part: str, other: str) -> bool:
    if other in {part, "__version__", "__init__"}:
        return True
    if LIVE in {part, other}:
        return other in LIVE_IMPORTS if part == LIVE else part in IMPORT_LIVE
    if WEB in {part, other}:
        return other in {"lib", WEB} if part == WEB else part in IMPORT_WEB
    return other in ORDER and ORDER.index(other) < ORDER.index(part)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{short(path)}:{line}: {part_of(path)} imports {other}"
        for path in python_files()
        for line, other in imported_parts(tree_of(path))
        if part_of(path) != "__init__" and not may_import(part_of(path), other)
    ]
    assert not wrong, "\n".join(wrong)


def test_every_part_has_its_place_in_the_order() -> None:
    parts = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert parts == {*ORDER, LIVE, WEB}


@pytest.mark.parametrize(
    ("part", "other", "allowed"),
    [
        ("lib", "policies", False),
        ("desk", "exchange", True),
        ("exchange", "desk", False),
        ("live", "desk", False),
        ("live", "lib", True),
        ("desk", "live", True),
        ("site", "live", False),
        ("demo", "config", False),
        ("web", "desk", False),
        ("web", "lib", True),
        ("desk", "web", True),
        ("exchange", "web", False),
    ],
)
def test_the_rule_itself(part: str, other: str, allowed: bool) -> None:
    assert may_import(part, other) is allowed


def test_imports_inside_functions_are_seen() -> None:
    hidden = ast.parse(
        "def f():\n    from bitp.desk.staff import models\n    import bitp.site.views"
    )
    assert [part for _, part in imported_parts(hidden)] == ["desk", "site"]


def test_the_supervisor_stays_small_without_django() -> None:
    """It imports neither Django nor a database driver: memory, and nothing in them can end it."""
    supervisor = [path for path in python_files() if "supervisor" in path.parts]
    foreign = {"django", "sqlite3", "pysqlite3", "psycopg", "gunicorn", "bitp.events", "bitp.live"}
    wrong = []
    for path in supervisor:
        for node in ast.walk(tree_of(path)):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong += [
                f"{short(path)}: {name}"
                for name in [*names, module or ""]
                if any(name == each or name.startswith(f"{each}.") for each in foreign)
            ]
    assert len(supervisor) > 4
    assert not wrong, "\n".join(wrong)
