from __future__ import annotations

import pytest

from bitp.events.sqlite.statements import only_reads

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO item VALUES (1)",
        "insert into item values (1)",
        "  \n\tUPDATE item SET body = ''",
        "-- why\nDELETE FROM item",
        "/* why */ REPLACE INTO item VALUES (1)",
        "; DROP TABLE item",
        "CREATE TABLE a (id)",
        "ALTER TABLE a ADD b",
        "VACUUM",
        "REINDEX",
        "ANALYZE",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "SAVEPOINT a",
        "COMMIT",
        "END",
        "ROLLBACK",
        "RELEASE SAVEPOINT a",
        "PRAGMA user_version = 3",
        "PRAGMA main.user_version=3",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "pragma journal_mode = wal",
        "PRAGMA optimize",
        "WITH a AS (SELECT 1) INSERT INTO item SELECT * FROM a",
        "WITH RECURSIVE a(n) AS (SELECT 1 UNION SELECT n + 1 FROM a) DELETE FROM item",
        "WITH a AS (SELECT ')' AS \"SELECT\"), b AS (VALUES (1)) UPDATE item SET body = ''",
        "with a as materialized (select 1) replace into item select * from a",
        "SOMETHING NEW",
    ],
)
def test_what_may_change_something_or_concerns_transactions_takes_a_turn(sql: str) -> None:
    assert not only_reads(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "select * from item where body = 'INSERT'",
        "-- INSERT\nSELECT 1",
        "/* INSERT\n*/ SELECT 1",
        "VALUES (1)",
        "EXPLAIN INSERT INTO item VALUES (1)",
        "EXPLAIN QUERY PLAN DELETE FROM item",
        "PRAGMA foreign_keys = ON",
        "PRAGMA table_info(item)",
        "PRAGMA data_version",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "WITH a AS (SELECT 'x INSERT x') SELECT REPLACE(body, 'DELETE', '') FROM item, a",
        'WITH a("INSERT") AS (SELECT 1), [UPDATE] AS (SELECT 2), `b` AS (SELECT 3) SELECT 1',
        "WITH a AS (/* ( */ SELECT 1 -- (\n) SELECT 1",
        "",
        "   ",
        "-- nothing",
    ],
)
def test_what_only_reads_takes_none(sql: str) -> None:
    assert only_reads(sql)
