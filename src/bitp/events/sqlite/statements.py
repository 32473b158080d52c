"""Telling statements that write from those that only read."""

from __future__ import annotations

import re

# COMMIT and its like only end what a BEGIN, which is a write, has begun.
_READING = {
    *("SELECT", "VALUES", "EXPLAIN", "PRAGMA", "ATTACH", "DETACH"),
    *("COMMIT", "END", "ROLLBACK", "RELEASE"),
}
_WRITING_PRAGMAS = {
    *("application_id", "auto_vacuum", "incremental_vacuum", "journal_mode", "optimize"),
    *("user_version", "wal_checkpoint"),
}
_MAIN_VERBS = {"SELECT", "VALUES", "INSERT", "REPLACE", "UPDATE", "DELETE"}

_FIRST_WORD = re.compile(r"(?:[\s;]|--[^\n]*+|/\*.*?\*/)*+(\w+)", re.DOTALL)
_PRAGMA_NAME = re.compile(r"(?:\s*\w+\s*\.)?\s*(\w+)")
_TOKEN = re.compile(
    r"""'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*.*?\*/|[()]|\w+""", re.DOTALL
)


def writes(sql: str) -> bool:
    """Whether one statement changes the database or begins a transaction.

    Unknown statements count as writing: a needless turn only costs time.
    """
    first = _FIRST_WORD.match(sql)
    if first is None:
        return False
    verb = first[1].upper()
    if verb == "WITH":
        return _main_verb(sql, first.end()) not in _READING
    if verb == "PRAGMA":
        return _pragma_name(sql, first.end()) in _WRITING_PRAGMAS
    return verb not in _READING


def _pragma_name(sql: str, start: int) -> str:
    name = _PRAGMA_NAME.match(sql, start)
    return name[1].lower() if name else ""


def _main_verb(sql: str, start: int) -> str:
    """The verb after a WITH clause: the first one outside of parentheses."""
    depth = 0
    for token in _TOKEN.finditer(sql, start):
        word = token[0].upper()
        depth += (word == "(") - (word == ")")
        if depth == 0 and word in _MAIN_VERBS:
            return word
    return ""
