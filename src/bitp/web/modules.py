"""Makes one lean file of several ES modules: what a page downloads, without what it only reads.

No bundler: our modules keep to a small form (a test says so), so a few expressions do. Imports
stand at the top and name what they want; exports are declarations. Each module becomes a
function that returns its exports, in the order in which they need each other.
"""

from __future__ import annotations

import re
from pathlib import Path

_COMMENT = re.compile(r"^[ \t]*(?:/\*.*?\*/|//[^\n]*)[ \t]*$", re.DOTALL | re.MULTILINE)
_LINE_START = re.compile(r"\n\s+")
_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b[^\n(]*", re.MULTILINE)
# What a script holds that must stay as it is, and the space between everything else.
_TOKEN = re.compile(
    r'"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|`(?:[^`\\]|\\.)*`"
    r"|(?<=[(,=:?!&|;{\[>])\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*"
    r"|(?P<space>\s+)"
)
_WORD = re.compile(r"[\w$#]")
# After these, and before those, a line's end says nothing: our statements end in semicolons.
_OPEN, _CLOSE = "{;,([=>?:&|+", "})].?:"


class UnknownForm(Exception):
    """A module imports or exports in a way this file does not know, or in a circle."""


def lean(text: str) -> str:
    """A script or style sheet without comments of whole lines, indentation and empty lines."""
    return _LINE_START.sub("\n", "\n" + _COMMENT.sub("", text)).strip() + "\n"


def tight(text: str) -> str:
    """A lean script without the spaces that separate nothing; texts and patterns stay."""

    def taken(found: re.Match[str]) -> str:
        if found["space"] is None:
            return found[0].lstrip()
        before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
        if (_WORD.match(before) and _WORD.match(after)) or (before in "+-" and before == after):
            return " "
        is_line = "\n" in found[0] and before not in _OPEN and after not in _CLOSE
        return "\n" if is_line else ""

    return _TOKEN.sub(taken, text).strip() + "\n"


def joined(entry: Path) -> str:
    """The module and all it imports as one module with the same exports; raises UnknownForm."""
    order: list[Path] = []
    _visit(entry.resolve(), order, [])
    names = {path: f"m{index}" for index, path in enumerate(order)}
    bodies = [f"const {names[path]}=(()=>{{\n{_body(path, names)}}})();\n" for path in order]
    exports = ", ".join(_exports(entry.resolve()))
    return tight(
        lean("".join(bodies) + f"export const {{{exports}}} = {names[entry.resolve()]};\n")
    )


def _visit(path: Path, order: list[Path], above: list[Path]) -> None:
    if path in above:
        raise UnknownForm(f"{path.name} imports itself")
    if path in order:
        return
    for _, address in _IMPORT.findall(path.read_text("utf-8")):
        _visit((path.parent / address).resolve(), order, [*above, path])
    order.append(path)


def _exports(path: Path) -> list[str]:
    return [name for _, name in _EXPORT.findall(path.read_text("utf-8"))]


def _body(path: Path, names: dict[Path, str]) -> str:
    """The module's text inside its function."""

    def taken(found: re.Match[str]) -> str:
        wanted = re.sub(r"(\w+) as (\w+)", r"\1: \2", found[1])
        return f"const {{{wanted}}} = {names[(path.parent / found[2]).resolve()]};"

    text = _EXPORT.sub(r"\1", _IMPORT.sub(taken, path.read_text("utf-8")))
    if other := _OTHER.search(text):
        raise UnknownForm(f"{path.name}: {other[0]}")
    return f"{text}return {{{', '.join(_exports(path))}}};\n"
