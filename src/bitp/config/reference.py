"""docs/reference/settings.md, made of the settings themselves."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from bitp.config.environment import Environment

HEAD = """# Settings

Environment variables, read once at start. Made from `src/bitp/config/environment.py` by
`python -m bitp.config.reference`; a test keeps this page current.

| variable | default | what it is |
|---|---|---|
"""
# The launcher gives these to the processes it starts; setting them by hand does nothing good.
INTERNAL = frozenset({"mode", "control"})


def settings_page() -> str:
    """The page as Markdown."""
    rows = [_row(each.name, each.default, each.metadata["says"]) for each in fields(Environment)]
    return HEAD + "".join(rows)


def _row(name: str, default: object, says: str) -> str:
    shown = "on" if default is True else "off" if default is False else str(default)
    internal = " Internal." if name in INTERNAL else ""
    return f"| `BITP_{name.upper()}` | {f'`{shown}`' if shown else ''} | {says}{internal} |\n"


def main() -> None:
    """Writes the page to the given file."""
    parser = argparse.ArgumentParser(description="Writes the reference of the settings.")
    parser.add_argument("file", type=Path, nargs="?", default=Path("docs/reference/settings.md"))
    parser.parse_args().file.write_text(settings_page())


if __name__ == "__main__":
    main()
