"""The virus check, by a real clamd with a database of our own: nothing unchecked is given out."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bitp.desk.attachments import changes, clamd
from bitp.desk.attachments import jobs as _registered  # noqa: F401 - what does the jobs
from bitp.desk.attachments.models import Attachment
from bitp.events import jobs
from bitp.events.models import Event, Job
from tests.desk.attachments.conftest import (
    PDF,
    body_of,
    get,
    hand_over,
    handed,
    state,
    stored_files,
    told,
)
from tests.desk.attachments.test_getting import send
from tests.people import make_member, make_visitor
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("clamd") is None, reason="clamd is not installed"),
]
# In two halves, so that no checker takes this file for what it tests.
HARM = b"BITP-TEST-" + b"HARMFUL-CONTENT"
START_S = 30


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a clamd listens that knows one signature: ours."""
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    (folder / "db" / "local.ndb").write_text(f"Bitp.Test:0:*:{HARM.hex()}\n")
    where = folder / "clamd.sock"
    lines = (
        f"DatabaseDirectory {folder / 'db'}",
        f"LocalSocket {where}",
        "Foreground yes",
        "StreamMaxLength 30M",
        *(["User root"] if os.getuid() == 0 else []),
    )
    config = folder / "clamd.conf"
    config.write_text("\n".join(lines) + "\n")
    running = subprocess.Popen(
        ["clamd", "--config-file", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: where.exists() and _answers(where), START_S)
    yield f"unix:{where}"
    running.terminate()
    running.wait(10)


def _answers(where: Path) -> bool:
    try:
        return clamd.find_harm(f"unix:{where}", [b"x"]) == ""
    except clamd.Unavailable:
        return False


def closed_port() -> str:
    """Where nobody listens."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{closed.getsockname()[1]}"


def test_a_harmless_file_is_ready_at_once(settings: Any, address: str) -> None:
    settings.CLAMD = address
    alice = make_visitor("Alice")
    assert get(alice, handed(alice)).status_code == 200


def test_a_harmful_file_is_refused_with_why_recorded_and_not_kept(
    settings: Any, address: str
) -> None:
    settings.CLAMD = address
    alice = make_visitor("Alice")
    files, rows, _ = state()
    refused = hand_over(alice, PDF + b"x" * 200_000 + HARM)
    assert (refused.status_code, told(refused)["code"]) == (422, "harmful")
    assert state()[:2] == (files, rows)
    event = Event.objects.get(kind="attachment.refused")
    assert (event.actor_kind, event.actor) == ("contact", str(alice.pk))


def test_while_clamd_is_down_a_file_is_held_from_everybody_and_given_free_later(
    settings: Any, address: str
) -> None:
    settings.CLAMD = closed_port()
    alice, carol = make_visitor("Alice"), make_member("Carol")
    answer = hand_over(alice, PDF)
    reference = told(answer)["reference"]
    assert told(answer)["state"] == "checking"
    sent = send(alice, reference)
    for somebody in (alice, carol):
        held = get(somebody, reference)
        assert (held.status_code, told(held)["code"]) == (409, "being_checked")
        assert PDF not in body_of(held)
    Job.objects.filter(kind=changes.CHECK).update(due_us=1)
    jobs.work_once()
    assert Attachment.objects.get().state == "checking"
    settings.CLAMD = address
    Job.objects.filter(kind=changes.CHECK).update(due_us=1, leased_until_us=0)
    jobs.work_once()
    assert get(carol, reference).status_code == 200
    changed = Event.objects.get(kind="attachment.changed")
    assert sent.reference in changed.data


def test_what_is_found_later_is_erased_and_the_message_says_so(settings: Any, address: str) -> None:
    settings.CLAMD = closed_port()
    alice, carol = make_visitor("Alice"), make_member("Carol")
    reference = handed(alice, PDF + HARM)
    send(alice, reference)
    settings.CLAMD = address
    Job.objects.filter(kind=changes.CHECK).update(due_us=1)
    jobs.work_once()
    row = Attachment.objects.get()
    assert (row.state, row.reason, row.key, stored_files()) == ("refused", "harmful", "", [])
    assert get(carol, reference).status_code == 404


def test_a_file_over_clamds_own_limit_counts_as_not_checked(tmp_path: Path, address: str) -> None:
    with pytest.raises(clamd.Unavailable):
        clamd.find_harm(address, (b"x" * 1_000_000 for _ in range(40)))
    with pytest.raises(clamd.Unavailable):
        clamd.find_harm(f"unix:{tmp_path}/nobody", [b"x"])
    with pytest.raises(clamd.Unavailable):
        clamd.find_harm("no address", [b"x"])
