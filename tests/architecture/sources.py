"""The project's own files, as the tests of its shape read them."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "bitp"
# Of others, kept with version and licence in one folder.
VENDORED = "vendor"


@cache
def python_files() -> tuple[Path, ...]:
    """Every module of the product; migrations are written by Django."""
    found = PACKAGE.rglob("*.py")
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def short(path: Path) -> str:
    """Its name as people say it."""
    return str(path.relative_to(ROOT))


def line_count(path: Path) -> int:
    """Lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


@cache
def tracked_files() -> tuple[Path, ...]:
    """What belongs to the project: as git knows it, new files included, ignored ones not."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    paths = (ROOT / name for name in listed if name)
    return tuple(sorted(path for path in paths if path.is_file() and not path.is_symlink()))
