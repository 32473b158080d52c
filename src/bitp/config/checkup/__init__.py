"""What ./bitp doctor looks at: each check is one function that returns one or more findings."""

from __future__ import annotations

from dataclasses import dataclass

OK, TO_DO, NOTE = "ok", "to do", "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. verdict: ok, to do (something is wrong; ``says`` tells what to do) or
    note (works, but somebody may want to know)."""

    check: str
    verdict: str
    says: str


def check_all() -> list[Finding]:
    """Every check's findings, in the order a person repairs things."""
    from bitp.config.checkup import database, keys, machine, network
    from bitp.config.environment import read_environment

    environment = read_environment()
    return [
        machine.check_python(),
        machine.check_sqlite(environment),
        machine.check_clock(environment),
        machine.check_open_files(),
        machine.check_data_folder(environment),
        machine.check_disk(environment),
        *database.check_database(environment),
        *keys.check_old_key(environment),
        network.check_port(environment),
        network.check_mail(environment),
        *machine.check_production(environment),
    ]
