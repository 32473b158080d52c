"""Message catalogues: the .po files people write become the .mo files Django reads.

By Babel, in Python alone: no gettext program is needed to run BitP.
"""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def compile_messages(package: Path = PACKAGE) -> int:
    """Compiles every catalogue that changed since its last compilation; returns how many.

    Fuzzy entries (a translation someone has to look at) are left out, as by gettext.
    """
    stale = [source for source in package.glob("**/locale/*/LC_MESSAGES/*.po") if _is_stale(source)]
    for source in stale:
        _compile(source)
    return len(stale)


def _is_stale(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parent.parent.name, abort_invalid=True)
    # Another start may compile at the same time: each reader sees a whole file.
    fresh = source.with_suffix(f".mo.{os.getpid()}")
    with fresh.open("wb") as compiled:
        write_mo(compiled, catalogue)
    fresh.replace(source.with_suffix(".mo"))
