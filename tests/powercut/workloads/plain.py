"""Batches of rows by SQLite alone, set up as the backend does; each acknowledged when committed.

Arguments: folder, value of PRAGMA synchronous, number of batches, seed.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from bitp.events.sqlite.pragmas import prepare, set_wal
from bitp.lib.safe_sqlite import check_sqlite, use_safe_sqlite
from tests.powercut.recorder import acknowledge

# Far below the real one: the log is to be copied and restarted many times in a short run.
CHECKPOINT_PAGES = 60


def main(folder: Path, synchronous: str, batches: int, seed: int) -> None:
    use_safe_sqlite()
    check_sqlite()
    import sqlite3

    chooser = random.Random(seed)
    connection = sqlite3.connect(folder / "bitp.sqlite3", isolation_level=None)
    prepare(connection, synchronous)
    assert set_wal(connection)
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    connection.execute("CREATE TABLE item (id TEXT PRIMARY KEY, body BLOB)")
    for batch in range(batches):
        ids = [f"{batch}.{number}" for number in range(chooser.randint(1, 30))]
        rows = [(each, chooser.randbytes(chooser.choice((50, 300, 6000)))) for each in ids]
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO item VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        acknowledge(folder, *ids)
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
