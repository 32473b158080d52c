"""Writes through Django what it is told to, one line of stdin after the other.

Arguments: folder. Lines: "single" or "transaction", an id, a number of bytes. Each is answered
with "ok", once acknowledged, or with the error.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

from tests.powercut.recorder import acknowledge
from tests.powercut.workloads.django_writers import configure

INSERT = "INSERT INTO item VALUES (%s, zeroblob(%s))"


def main(folder: Path) -> None:
    configure(folder, "FULL")
    from django.db import Error, connection, transaction

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, body BLOB)")
        print("ready", flush=True)
        for line in sys.stdin:
            how, name, size_bytes = line.split()
            try:
                with transaction.atomic() if how == "transaction" else nullcontext():
                    cursor.execute(INSERT, (name, int(size_bytes)))
            except Error as error:
                print(error, flush=True)
            else:
                acknowledge(folder, name)
                print("ok", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
