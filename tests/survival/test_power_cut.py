"""The power fails under the running system: everything that was acknowledged is there.

live, worker and web run under the recorder of tests/powercut while a crowd talks. Afterwards the
folder is rebuilt as it may be found after a cut at any moment, with unsynced writes dropped.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.powercut.judge import Verdict, judge, open_checked
from tests.powercut.recorder import Recorder, is_available
from tests.powercut.trace import Kind, Trace
from tests.survival.kept import keep
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
LOG_SYNCS = (Kind.SYNC, "-wal")
UNSYNCED = {"DJANGO_SETTINGS_MODULE": "tests.survival.unsynced_settings"}


@pytest.fixture(scope="module")
def figures() -> Iterator[dict[str, Any]]:
    """What each trace came to, kept once there are both."""
    found: dict[str, Any] = {}
    yield found
    if len(found) == 2:
        keep(
            "power-cut",
            "the files after a power cut at random moments, unsynced writes dropped",
            "BITP_TEST_KEEP=1 ./bitp test -m slow tests/survival/test_power_cut.py",
            {"talk_s": TALK_S, "seed": SEED},
            found,
        )


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
    assert len(trace.acks()) > PROMISES_MIN
    assert trace.count(Kind.WRITE, ".sqlite3") > 100, "the log was copied into the database"
    verdict = judge(trace, find_messages, cuts, SEED, tmp_path / "rebuilt")
    assert verdict.cuts == cuts
    assert verdict.acknowledged > cuts
    return verdict


def figures_of(trace: Trace, verdict: Verdict) -> dict[str, Any]:
    """Counts, printed as well; ``acknowledged`` and ``missing``: over all cuts."""
    counts = {name: n for name, n in asdict(verdict).items() if name != "examples"}
    synced = {"operations": len(trace.operations), "syncs_of_the_log": trace.count(*LOG_SYNCS)}
    found = {**synced, "messages_promised": len(trace.acks()), **counts}
    print(found, verdict.examples[:3])
    return found


def test_everything_acknowledged_survives_a_power_cut(
    prepared: Path, tmp_path: Path, figures: dict[str, Any]
) -> None:
    trace = record_talk(prepared, TALK_S)
    assert trace.count(*LOG_SYNCS) > 100
    verdict = cut(trace, CUTS, tmp_path)
    found = figures_of(trace, verdict)
    assert (verdict.missing, verdict.damaged) == (0, 0)
    figures["synchronous FULL"] = found


def test_a_system_that_does_not_sync_is_caught(
    prepared: Path, tmp_path: Path, figures: dict[str, Any]
) -> None:
    trace = record_talk(prepared, TALK_S, **UNSYNCED)
    assert trace.count(*LOG_SYNCS) == 0
    verdict = cut(trace, CUTS_TO_CATCH, tmp_path)
    found = figures_of(trace, verdict)
    assert verdict.missing > 0
    figures["synchronous OFF"] = found
