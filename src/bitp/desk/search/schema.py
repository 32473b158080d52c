"""The index's table, made for each database in its own way; no model of Django's describes it.

SQLite: an FTS5 table without content, whose rows are numbered as the messages are. PostgreSQL: a
table of text vectors with a GIN index. Triggers on the messages take a row out of the index when
its message goes or its text is changed, whoever does it: what was erased cannot be found.
"""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "search_words"

# Every letter beyond ASCII belongs to a word: tokens were made before (search.tokens). Segments
# are merged eight at a time: measured the cheapest for batches of 50 to 200 messages.
_SQLITE_TABLE = (
    """CREATE VIRTUAL TABLE search_words USING fts5(
        words, content='', contentless_delete=1, tokenize="ascii tokenchars '_'")""",
    "INSERT INTO search_words (search_words, rank) VALUES ('automerge', 8)",
)
_SQLITE_TRIGGERS = (
    """CREATE TRIGGER IF NOT EXISTS search_words_erased AFTER DELETE ON conversations_message
        BEGIN DELETE FROM search_words WHERE rowid = old.id; END""",
    """CREATE TRIGGER IF NOT EXISTS search_words_changed AFTER UPDATE OF text
        ON conversations_message BEGIN DELETE FROM search_words WHERE rowid = old.id; END""",
)
_POSTGRESQL_TABLE = (
    "CREATE TABLE search_words (message_id bigint PRIMARY KEY, words tsvector NOT NULL)",
    "CREATE INDEX search_words_gin ON search_words USING gin (words)",
)
_POSTGRESQL_TRIGGERS = (
    """CREATE OR REPLACE FUNCTION search_words_forget() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
            IF TG_OP = ''TRUNCATE'' THEN DELETE FROM search_words;
            ELSE DELETE FROM search_words WHERE message_id = old.id;
            END IF;
            RETURN NULL;
        END'""",
    """CREATE OR REPLACE TRIGGER search_words_erased AFTER DELETE OR UPDATE OF text
        ON conversations_message FOR EACH ROW EXECUTE FUNCTION search_words_forget()""",
    """CREATE OR REPLACE TRIGGER search_words_emptied AFTER TRUNCATE
        ON conversations_message FOR EACH STATEMENT EXECUTE FUNCTION search_words_forget()""",
)
_DROP = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS search_words_erased",
        "DROP TRIGGER IF EXISTS search_words_changed",
        "DROP TABLE IF EXISTS search_words",
    ),
    "postgresql": (
        "DROP FUNCTION IF EXISTS search_words_forget() CASCADE",
        "DROP TABLE IF EXISTS search_words",
    ),
}
_COUNT_TRIGGERS = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' "
    "AND tbl_name = 'conversations_message' AND name LIKE 'search_words_%%'",
    "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal "
    "AND tgrelid = 'conversations_message'::regclass AND tgname LIKE 'search_words_%%'",
}
# On either database.
_TRIGGERS = 2


def create(database: BaseDatabaseWrapper) -> None:
    """Makes the table and its triggers; for the first migration."""
    is_sqlite = database.vendor == "sqlite"
    _run(database, _SQLITE_TABLE if is_sqlite else _POSTGRESQL_TABLE)
    _make_triggers(database)


def drop(database: BaseDatabaseWrapper) -> None:
    """Takes everything away again."""
    _run(database, _DROP[database.vendor])


def restore_triggers(using: str = "default", **_: Any) -> None:
    """Puts the triggers back where they are missing; nothing is done before the table exists."""
    database = connections[using]
    if has_table(database) and not has_triggers(database):
        _make_triggers(database)


def has_table(database: BaseDatabaseWrapper) -> bool:
    """Whether the first migration has been applied."""
    with database.cursor() as cursor:
        return TABLE in database.introspection.table_names(cursor)


def has_triggers(database: BaseDatabaseWrapper) -> bool:
    """Whether the messages' table has the triggers of the index."""
    with database.cursor() as cursor:
        cursor.execute(_COUNT_TRIGGERS[database.vendor], [])
        return bool(cursor.fetchone()[0] == _TRIGGERS)


def _make_triggers(database: BaseDatabaseWrapper) -> None:
    is_sqlite = database.vendor == "sqlite"
    _run(database, _SQLITE_TRIGGERS if is_sqlite else _POSTGRESQL_TRIGGERS)


def _run(database: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with database.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
