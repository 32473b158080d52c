"""Checks of the database: reachable, new enough, migrated, of one mind about the time."""

from __future__ import annotations

import time
from typing import Any

from bitp.config.checkup import NOTE, OK, TO_DO, Finding
from bitp.config.environment import Environment

OLDEST_POSTGRESQL = 15
CLOCKS_DIFFER_S = 5.0


def check_database(environment: Environment) -> list[Finding]:
    """Reachability first; what needs a connection only with one."""
    if not environment.database_url and not (environment.data / "bitp.sqlite3").exists():
        return [Finding("database", OK, "SQLite; it will be made at the first start")]
    from bitp.config.django_setup import set_up_django

    set_up_django()
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        says = str(error).strip().partition("\n")[0]
        return [Finding("database", TO_DO, f"cannot be reached: {says}")]
    return [
        _check_version(connection),
        *_check_server_clock(connection),
        _check_migrations(),
        *_check_index(connection),
    ]


def _check_version(connection: Any) -> Finding:
    numbers = connection.get_database_version()
    says = f"{connection.display_name} {'.'.join(map(str, numbers))}"
    if connection.vendor == "postgresql" and numbers[0] < OLDEST_POSTGRESQL:
        return Finding("database", TO_DO, f"{says} is too old; {OLDEST_POSTGRESQL} is needed")
    return Finding("database", OK, f"{says} answers")


def _check_server_clock(connection: Any) -> list[Finding]:
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - time.time())
    if apart > CLOCKS_DIFFER_S:
        says = f"the database's clock and ours are {apart:.0f} s apart; set both by NTP"
        return [Finding("database clock", TO_DO, says)]
    return [Finding("database clock", OK, "agrees with ours")]


def _check_migrations() -> Finding:
    from bitp.config.preparation import find_missing_migrations

    missing = find_missing_migrations()
    if missing:
        return Finding("migrations", NOTE, f"{len(missing)} to apply; the next start does it")
    return Finding("migrations", OK, "up to date")


def _check_index(connection: Any) -> list[Finding]:
    """Whether the search finds every message, and none that is gone."""
    from bitp.desk.search.filling import check_agreement
    from bitp.desk.search.queries import is_filling
    from bitp.desk.search.schema import has_table, has_triggers

    if not has_table(connection):
        return []
    if not has_triggers(connection):
        says = "erased messages would stay in it; run bitp index"
        return [Finding("search index", TO_DO, says)]
    agreement = check_agreement()
    if agreement.is_complete:
        return [Finding("search index", OK, agreement.says())]
    if is_filling() and not agreement.left_over:
        return [Finding("search index", NOTE, f"{agreement.says()}; the worker fills it")]
    return [Finding("search index", TO_DO, f"{agreement.says()}; run bitp index")]
