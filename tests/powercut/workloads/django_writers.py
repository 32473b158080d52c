"""Two processes that write through Django and the turnstile: batches, single rows, reconnecting.

Arguments: folder, value of the option synchronous, number of rounds of each process.
"""

from __future__ import annotations

import multiprocessing
import random
import sys
from pathlib import Path

from bitp.lib.safe_sqlite import use_safe_sqlite
from tests.powercut.recorder import acknowledge

CHECKPOINT_PAGES = 60
RECONNECTS_EVERY = 25


def configure(folder: Path, synchronous: str) -> None:
    use_safe_sqlite()
    from django.conf import settings

    database = {
        "ENGINE": "bitp.events.sqlite",
        "NAME": folder / "bitp.sqlite3",
        "OPTIONS": {"synchronous": synchronous},
    }
    settings.configure(DATABASES={"default": database})
    import django

    django.setup()


def write(folder: Path, synchronous: str, rounds: int, name: str) -> None:
    configure(folder, synchronous)
    from django.db import connection, transaction

    chooser = random.Random(name)
    for number in range(rounds):
        if number % RECONNECTS_EVERY == 0:
            connection.close()
            with connection.cursor() as cursor:
                cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        ids = [f"{name}.{number}.{each}" for each in range(chooser.choice((1, 1, 20)))]
        rows = [(each, chooser.randbytes(chooser.choice((50, 6000)))) for each in ids]
        with connection.cursor() as cursor:
            if len(rows) == 1:
                cursor.execute("INSERT INTO item VALUES (%s, %s)", rows[0])
            else:
                with transaction.atomic():
                    cursor.executemany("INSERT INTO item VALUES (%s, %s)", rows)
        acknowledge(folder, *ids)


def main(folder: Path, synchronous: str, rounds: int) -> None:
    configure(folder, synchronous)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE item (id TEXT PRIMARY KEY, body BLOB)")
    connection.close()
    spawning = multiprocessing.get_context("spawn")
    writers = [
        spawning.Process(target=write, args=(folder, synchronous, rounds, name))
        for name in ("alice", "bob")
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    sys.exit(any(writer.exitcode for writer in writers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
