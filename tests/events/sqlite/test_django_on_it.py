"""What Django asks of SQLite, whichever SQLite stands behind it."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection as default
from django.db import connections

from bitp.events.models import Heartbeat
from bitp.events.sqlite.base import DatabaseWrapper
from tests.events.sqlite.conftest import Connect, count, execute

pytestmark = pytest.mark.sqlite


def test_values_come_back_as_the_types_that_were_declared(alice: DatabaseWrapper) -> None:
    columns = "a bool, b date, c datetime, d time, e decimal, f text, g BLOB, h real, i integer"
    execute(alice, f"CREATE TABLE kinds ({columns})")
    values = (
        True,
        dt.date(2026, 2, 28),
        dt.datetime(2026, 2, 28, 23, 59, 59, 123456),  # noqa: DTZ001 - as it is stored
        "12:30:00",
        Decimal("0.10"),
        "提现 🙂",
        b"\x00\xff",
        0.5,
        2**62,
    )
    execute(alice, "INSERT INTO kinds VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", *values)
    [row] = execute(alice, "SELECT * FROM kinds")
    assert row[:3] == values[:3]
    assert row[3] == dt.time(12, 30)
    assert row[5:] == values[5:]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("django_date_trunc('month', '2026-02-28', NULL, NULL)", "2026-02-01"),
        ("django_datetime_extract('hour', '2026-02-28 23:00:00', NULL, NULL)", 23),
        ("'withdrawal' REGEXP '^with'", 1),
        ("SHA256('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("(SELECT STDDEV_POP(value) FROM json_each('[1, 3]'))", 1.0),
        ("JSON_EXTRACT('{\"a\": [1, 2]}', '$.a[1]')", 2),
        ("(SELECT MAX(n) FROM (SELECT ROW_NUMBER() OVER () AS n FROM json_each('[7, 8]')))", 2),
    ],
)
def test_functions_that_django_registers_and_relies_on_work(
    alice: DatabaseWrapper, expression: str, value: object
) -> None:
    assert execute(alice, f"SELECT {expression}") == [(value,)]


def test_full_text_search_finds_a_chinese_phrase_by_its_pairs(alice: DatabaseWrapper) -> None:
    execute(alice, "CREATE VIRTUAL TABLE search USING fts5(words)")
    execute(alice, "INSERT INTO search VALUES (%s)", "联系 系人 人工 工客 客服")
    found = execute(alice, "SELECT rowid FROM search WHERE search MATCH %s", "人工 AND 工客")
    assert found == [(1,)]


def test_named_parameters_and_percent_signs_work(alice: DatabaseWrapper) -> None:
    with alice.cursor() as cursor:
        cursor.execute("SELECT %(a)s || '%%'", {"a": "5"})
        assert cursor.fetchall() == [("5%",)]
        cursor.executemany(
            "INSERT INTO item (body) VALUES (%(body)s)", [{"body": "a"}, {"body": "b"}]
        )
    assert count(alice) == 2


@pytest.mark.django_db(transaction=True)
def test_rows_may_be_changed_while_they_are_iterated_though_others_commit_meanwhile() -> None:
    Heartbeat.objects.bulk_create(Heartbeat(process=str(n), at_us=0) for n in range(5))

    def beat() -> None:
        Heartbeat.objects.update(at_us=1)
        connections.close_all()

    for heartbeat in Heartbeat.objects.iterator(chunk_size=1):
        other = threading.Thread(target=beat)
        other.start()
        other.join()
        heartbeat.process += "!"
        heartbeat.save(update_fields=["process"])
    assert Heartbeat.objects.filter(process__endswith="!", at_us=1).count() == 5
    assert default.vendor == "sqlite"


def test_a_new_test_database_does_not_inherit_a_killed_runs_log(
    connect: Connect, path: Path
) -> None:
    stale = [Path(f"{path}{suffix}") for suffix in ("-wal", "-shm", "-journal", ".turn0")]
    for file in (path, *stale):
        file.write_bytes(b"left over")
    alice = connect("alice")
    alice.settings_dict["TEST"]["NAME"] = str(path)
    alice.creation._create_test_db(verbosity=0, autoclobber=True)  # type: ignore[attr-defined]
    assert not [file for file in (path, *stale) if file.exists()]
    execute(alice, "CREATE TABLE item (id)")
    alice.close()
    alice.creation._destroy_test_db(str(path), verbosity=0)  # type: ignore[attr-defined]
    assert list(path.parent.iterdir()) == []


def test_a_cloned_test_database_holds_what_the_log_held(
    alice: DatabaseWrapper, connect: Connect, path: Path
) -> None:
    execute(alice, "INSERT INTO item (body) VALUES ('hello')")
    alice.settings_dict["NAME"] = str(path)
    alice.creation._clone_test_db("1", verbosity=0)  # type: ignore[attr-defined]
    assert count(connect("bob", path.with_stem("bitp_1"))) == 1
