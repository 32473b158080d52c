"""Processes that write to one database at the same time; the fairness test starts them.

Arguments: engine, database, role, and how many writes. Roles: batch (200 rows a transaction, on
and on until the file "stop" is beside the database), transaction and single (one row each; prints
milliseconds and batches waited, per write, as JSON).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bitp.lib.safe_sqlite import use_safe_sqlite

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

BATCH_ROWS = 200
# People do not write without end: each write finds the batch writer in full swing.
PAUSE_S = 0.004
BODY = "我的充值还没有到账，交易哈希在下面。" * 6
INSERT = "INSERT INTO item (body) VALUES (%s)"
ROUND = "SELECT n FROM round"


def configure(engine: str, database: Path) -> None:
    use_safe_sqlite()
    from django.conf import settings

    options = {} if engine.startswith("bitp") else {"transaction_mode": "IMMEDIATE", "timeout": 10}
    configured = {"ENGINE": engine, "NAME": database, "OPTIONS": options}
    settings.configure(DATABASES={"default": configured})
    import django

    django.setup()


def write_batches(cursor: CursorWrapper, stop: Path) -> None:
    from django.db import transaction

    while not stop.exists():
        with transaction.atomic():
            cursor.executemany(INSERT, [(BODY,)] * BATCH_ROWS)
            cursor.execute("UPDATE round SET n = n + 1")


def read_round(cursor: CursorWrapper) -> int:
    cursor.execute(ROUND)
    return int(cursor.fetchone()[0])


def write_in_a_transaction(cursor: CursorWrapper) -> int:
    """One row; returns the batches there were when its turn had come."""
    from django.db import transaction

    with transaction.atomic():
        reached = read_round(cursor)
        cursor.execute(INSERT, ("alice",))
    return reached


def write_singly(cursor: CursorWrapper) -> int:
    cursor.execute(f"{INSERT} RETURNING ({ROUND})", ("bob",))
    return int(cursor.fetchone()[0])


def main(engine: str, database: Path, role: str, writes: int) -> None:
    configure(engine, database)
    from django.db import connection

    with connection.cursor() as cursor:
        if role == "batch":
            write_batches(cursor, database.with_name("stop"))
            return
        write = {"transaction": write_in_a_transaction, "single": write_singly}[role]
        waits_ms, rounds = [], []
        for _ in range(writes):
            before, started = read_round(cursor), time.perf_counter()
            rounds.append(write(cursor) - before)
            waits_ms.append((time.perf_counter() - started) * 1000)
            time.sleep(PAUSE_S)
    json.dump({"waits_ms": waits_ms, "rounds": rounds}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
