"""The power fails under the running system: everything that was acknowledged is there.

live, worker and web run under the recorder of tests/powercut while a crowd talks. Afterwards the
folder is rebuilt as it may be found after a cut at any moment, with unsynced writes dropped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.powercut.judge import Verdict, judge, open_checked
from tests.powercut.recorder import Recorder, is_available
from tests.powercut.trace import Kind, Trace
from tests.survival.promised_talk import promise_of
from tests.survival.running import CROWDED, ROOT, System, running, short_folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.sqlite,
    pytest.mark.skipif(not is_available(), reason="needs Linux and gcc"),
]

CUTS = 200
# Where a loss is certain to show, fewer do.
CUTS_TO_CATCH = 40
SEED = 1109
TALK_S = 4.0
PROMISES_MIN = 200
UNSYNCED = {"DJANGO_SETTINGS_MODULE": "tests.survival.unsynced_settings"}


def record_talk(prepared: Path, talk_s: float, **variables: str) -> Trace:
    """What the processes of a whole system did to its folder while people talked."""
    with short_folder() as folder:
        shutil.copytree(prepared, folder / "data")
        recorder = Recorder(folder / "data")
        environment = {**CROWDED, **recorder.environment, **variables}
        try:
            with running(None, environment, at=folder) as system:
                talk(system, talk_s)
                # Before the end: what a stopping process was just doing would be unknown.
                return recorder.read()
        finally:
            recorder.discard()


def talk(system: System, talk_s: float) -> None:
    """The crowd, in a process that is recorded as well."""
    command = [sys.executable, "-m", "tests.survival.promised_talk", str(system.port)]
    subprocess.run(
        [*command, str(system.data), str(talk_s), str(SEED)],
        cwd=ROOT,
        env=system.environment,
        check=True,
        timeout=60,
    )


def find_messages(folder: Path) -> set[str]:
    """Every message that a restarted system would find, as it was promised."""
    with closing(open_checked(folder / "bitp.sqlite3")) as database:
        rows = database.execute(
            "SELECT m.external_id, c.reference, m.number FROM conversations_message m "
            "JOIN conversations_conversation c ON c.id = m.conversation_id"
        )
        return {promise_of(each.partition(":")[2], *where) for each, *where in rows}


def cut(trace: Trace, cuts: int, tmp_path: Path) -> Verdict:
    """Judges the trace at so many moments, after seeing that it holds what matters."""
    processes = f"{len(trace.operations)} operations, {len(trace.acks())} messages promised"
    assert len(trace.acks()) > PROMISES_MIN
    assert trace.count(Kind.WRITE, ".sqlite3") > 100, "the log was copied into the database"
    verdict = judge(trace, find_messages, cuts, SEED, tmp_path / "rebuilt")
    print(f"{processes}; {verdict}", verdict.examples[:3])
    assert verdict.cuts == cuts
    assert verdict.acknowledged > cuts
    return verdict


def test_everything_acknowledged_survives_a_power_cut(prepared: Path, tmp_path: Path) -> None:
    trace = record_talk(prepared, TALK_S)
    assert trace.count(Kind.SYNC, "-wal") > 100
    verdict = cut(trace, CUTS, tmp_path)
    assert (verdict.missing, verdict.damaged) == (0, 0)


def test_a_system_that_does_not_sync_is_caught(prepared: Path, tmp_path: Path) -> None:
    trace = record_talk(prepared, TALK_S, **UNSYNCED)
    assert trace.count(Kind.SYNC, "-wal") == 0
    assert cut(trace, CUTS_TO_CATCH, tmp_path).missing > 0
