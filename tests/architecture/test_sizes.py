"""Short functions, short files: the budgets of STYLE.md. The report is printed with -s or -rP."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

from tests.architecture.sources import (
    PACKAGE,
    VENDORED,
    line_count,
    python_files,
    short,
    tree_of,
)

pytestmark = pytest.mark.once

FUNCTION_MEDIAN, FUNCTION_P90, FUNCTION_LONGEST = 6, 16, 45
FILE_P90, FILE_LONGEST = 200, 400
# Comments say why, in sentences; more of them would mean that the code does not say what.
COMMENTS_MOST = 0.08


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines without its docstring) of every function and method."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{short(path)}:{node.lineno} {node.name}", lines_of(node)


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    first = node.body[0]
    is_docstring = ast.get_docstring(node, clean=False) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if is_docstring else 0
    return node.end_lineno - node.lineno + 1 - docstring


def p90(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.9)]


def test_functions_are_short() -> None:
    found = sorted((lines, name) for path in python_files() for name, lines in functions(path))
    lengths = [lines for lines, _ in found]
    print(f"functions: {len(lengths)}, median {median(lengths)}, p90 {p90(lengths)}")
    print("longest:", *(f"{lines} {name}" for lines, name in found[:-11:-1]), sep="\n  ")
    too_long = [f"{lines} lines: {name}" for lines, name in found if lines > FUNCTION_LONGEST]
    assert not too_long, "\n".join(too_long)
    assert median(lengths) <= FUNCTION_MEDIAN
    assert p90(lengths) <= FUNCTION_P90


def test_files_are_short() -> None:
    found = sorted((line_count(path), short(path)) for path in python_files())
    lengths = [lines for lines, _ in found if lines]
    print(f"files: {len(lengths)}, median {median(lengths)}, p90 {p90(lengths)}")
    print("longest:", *(f"{lines} {name}" for lines, name in found[:-11:-1]), sep="\n  ")
    too_long = [f"{lines} lines: {name}" for lines, name in found if lines > FILE_LONGEST]
    assert not too_long, "\n".join(too_long)
    assert p90(lengths) <= FILE_P90


def test_scripts_styles_and_templates_are_short() -> None:
    found = [
        (line_count(path), short(path))
        for path in PACKAGE.rglob("*")
        if path.suffix in {".js", ".css", ".html"} and VENDORED not in path.parts
    ]
    too_long = [f"{lines} lines: {name}" for lines, name in found if lines > FILE_LONGEST]
    assert not too_long, "\n".join(too_long)


def test_comments_are_few() -> None:
    lines = [
        line.strip() for path in python_files() for line in path.read_text("utf-8").splitlines()
    ]
    comments = sum(line.startswith("#") for line in lines)
    print(f"comments: {100 * comments / len(lines):.1f} % of {len(lines)} lines")
    assert comments / len(lines) <= COMMENTS_MOST


def test_a_docstring_does_not_count_as_length() -> None:
    tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')
    assert isinstance(tree.body[0], ast.FunctionDef)
    assert lines_of(tree.body[0]) == 2
