"""Cuts the power many times and looks for what had been promised."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.powercut.rebuild import rebuild
from tests.powercut.trace import Trace

# Given the rebuilt folder: the ids found in it. May raise sqlite3.Error: nothing was found then.
Find = Callable[[Path], set[str]]


@dataclass(slots=True)
class Verdict:
    """``acknowledged`` and ``missing`` count ids over all cuts; ``damaged`` databases."""

    cuts: int = 0
    acknowledged: int = 0
    missing: int = 0
    damaged: int = 0
    # The first few losses, as (cut, what), to look into.
    examples: list[tuple[int, str]] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.cuts} cut points, {self.acknowledged} acknowledged, "
            f"{self.missing} missing, {self.damaged} damaged"
        )


def judge(trace: Trace, find: Find, cuts: int, seed: int, into: Path) -> Verdict:
    """Rebuilds the folder at that many cut points; ``into`` is used for it and emptied again."""
    verdict = Verdict()
    for cut in trace.choose_cuts(cuts, seed):
        into.mkdir()
        rebuild(trace, cut, seed, into)
        _judge_one(trace.acknowledged_by(cut), cut, find, into, verdict)
        shutil.rmtree(into)
    return verdict


def _judge_one(promised: set[str], cut: int, find: Find, into: Path, verdict: Verdict) -> None:
    verdict.cuts += 1
    verdict.acknowledged += len(promised)
    try:
        missing = promised - find(into)
    except sqlite3.Error as error:
        verdict.damaged += 1
        verdict.examples.append((cut, str(error)[:200]))
        missing = promised
    verdict.missing += len(missing)
    verdict.examples += [(cut, each) for each in sorted(missing)[:3]]


def open_checked(database: Path) -> sqlite3.Connection:
    """Opens as a restarted program would; raises sqlite3.DatabaseError if it is not whole."""
    connection = sqlite3.connect(database)
    # A torn page may hold any bytes, also where a text should be: it is damage, not our mistake.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    try:
        problems = connection.execute("PRAGMA integrity_check").fetchall()
        if problems != [("ok",)]:
            raise sqlite3.DatabaseError(str(problems))
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def find_items(folder: Path) -> set[str]:
    """The ids in the table that the workloads here write to."""
    with closing(open_checked(folder / "bitp.sqlite3")) as connection:
        # The cut may have come before the table.
        tables = {each for (each,) in connection.execute("SELECT name FROM sqlite_schema")}
        if "item" not in tables:
            return set()
        return {each for (each,) in connection.execute("SELECT id FROM item")}
