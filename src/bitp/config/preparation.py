"""Makes a data folder ready: texts compiled, database up to date, in the demo sample data.

A stamp in the folder says for which code this was done; a later start that finds it does
nothing. The stamp is made of names, sizes and times of files: reading it costs milliseconds.
"""

from __future__ import annotations

import sys

from bitp.config.environment import Environment
from bitp.config.messages import PACKAGE, compile_messages

STAMP = "prepared"
# What decides about tables, texts and sample data.
DECISIVE = ("**/migrations/*.py", "**/locale/**/*.po", "demo/**/*.py")


def is_prepared(environment: Environment) -> bool:
    """Whether the data folder was made ready for exactly this code, mode and database."""
    path = environment.data / STAMP
    return path.exists() and path.read_text() == make_stamp(environment)


def mark_prepared(environment: Environment) -> None:
    """Lets the next start skip the preparation."""
    (environment.data / STAMP).write_text(make_stamp(environment))


def make_stamp(environment: Environment) -> str:
    """The decisive files, this Python, the mode and the chosen database, as text."""
    lines = [environment.mode, environment.database_url.rpartition("@")[2], sys.prefix]
    for path in sorted(path for pattern in DECISIVE for path in PACKAGE.glob(pattern)):
        found = path.stat()
        lines.append(f"{path} {found.st_size} {found.st_mtime_ns}")
    return "\n".join(lines)


def prepare(environment: Environment) -> None:
    """Compiles texts, migrates, and in the demo loads the sample data; needs Django set up."""
    compile_messages()
    migrate()
    if environment.mode == "demo":
        from bitp.demo.samples import load_samples

        load_samples()


def migrate() -> None:
    """Applies every missing migration, quietly."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def find_missing_migrations() -> list[str]:
    """Names such as events.0002_more of migrations the database has not seen yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
