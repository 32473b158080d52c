"""Telling statements that only read from those that write, or begin or end a transaction."""

from __future__ import annotations

import re

_READING = {"SELECT", "VALUES", "EXPLAIN", "ATTACH", "DETACH"}
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


def only_reads(sql: str) -> bool:
    """Whether one statement neither changes the database nor has to do with transactions.

    Unknown statements do not count as reading: a needless turn only costs time.
    """
    first = _FIRST_WORD.match(sql)
    if first is None:
        return True
    verb = first[1].upper()
    if verb == "WITH":
        verb = _main_verb(sql, first.end())
    if verb == "PRAGMA":
        return _pragma_name(sql, first.end()) not in _WRITING_PRAGMAS
    return verb in _READING


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
