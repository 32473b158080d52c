"""Files on their way out: only to whoever may see the conversation now; the address is no key."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.test import Client

from bitp.desk.attachments import serving
from bitp.desk.attachments.changes import erase
from bitp.desk.attachments.models import Attachment
from bitp.desk.contacts.models import Contact
from bitp.desk.conversations.changes import outcomes_of
from bitp.desk.conversations.posting.post import Outcome, Post, file_parts
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.desk.attachments.conftest import (
    PDF,
    body_of,
    get,
    handed,
    picture,
    stored_files,
    told,
)
from tests.people import make_customer, make_member, make_visitor, post_of, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)
LONG = PDF + bytes(range(256)) * 4_000


def send(author: Contact | Member, *references: str, text: str = "", **how: object) -> Outcome:
    """A message that carries the files."""
    from dataclasses import replace

    post: Post = post_of(author, text, **how)  # type: ignore[arg-type]
    files = {"kind": "file", "parts": file_parts(references), "attachments": references}
    return outcomes_of([replace(post, **files)])[0]  # type: ignore[arg-type]


def state_of_the_log() -> int:
    """Events but those of the tests' own signing in."""
    return Event.objects.exclude(kind__startswith="session.").count()


def test_both_sides_get_what_was_sent_and_nobody_else_does() -> None:
    alice, bob, visitor = make_customer("Alice"), make_customer("Bob"), make_visitor()
    carol = make_member("Carol")
    reference = handed(alice)
    assert get(carol, reference).status_code == 404  # not sent yet
    send(alice, reference)
    before = state_of_the_log()
    for nobody in (bob, visitor, None):
        refused = get(nobody, reference)
        assert refused.status_code == 404, nobody
        assert PDF not in body_of(refused)
    assert Client().get(f"/console/attachments/{reference}").status_code in {302, 401}
    assert client_of(alice).get(f"/console/attachments/{reference}").status_code in {302, 401}
    assert state_of_the_log() == before
    for somebody in (alice, carol):
        answer = get(somebody, reference)
        assert (answer.status_code, body_of(answer)) == (200, PDF)


def test_a_customer_gets_own_files_by_the_sites_session_too() -> None:
    alice, bob = make_customer("Alice"), make_customer("Bob")
    reference = handed(alice)
    assert client_of(alice).get(f"/chat/attachments/{reference}").status_code == 200
    assert client_of(bob).get(f"/chat/attachments/{reference}").status_code == 404


def test_a_deactivated_member_gets_nothing() -> None:
    alice, carol = make_visitor("Alice"), make_member("Carol")
    reference = handed(alice)
    send(alice, reference)
    client = client_of(carol)
    carol.user.is_active = False
    carol.user.save()
    answer = client.get(f"/console/attachments/{reference}", headers={"Accept": "application/json"})
    assert answer.status_code in {401, 404}


def test_a_file_on_a_note_is_never_the_customers() -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    conversation = say(alice, "hello").reference
    reference = handed(carol, conversation=conversation)
    assert get(alice, reference).status_code == 404  # not sent yet
    send(carol, reference, conversation=conversation, note=True)
    assert get(alice, reference).status_code == 404
    assert get(carol, reference).status_code == 200
    public = handed(carol, conversation=conversation)
    send(carol, public, conversation=conversation)
    assert get(alice, public).status_code == 200


def test_that_a_member_opened_it_is_recorded_once_per_download() -> None:
    alice, carol = make_visitor("Alice"), make_member("Carol")
    reference = handed(alice, picture())
    send(alice, reference)
    opened = Event.objects.filter(kind="attachment.opened")
    get(carol, reference, query="?size=small")
    get(carol, reference, Range="bytes=5-")
    assert not opened.exists()
    get(carol, reference)
    assert [(each.actor_kind, each.actor) for each in opened] == [("staff", str(carol.pk))]


def test_what_is_given_out_is_no_page() -> None:
    alice = make_visitor("Alice")
    for content, name, shown in (
        (PDF, "a.pdf", "attachment"),
        (b"plain words", "a.txt", "attachment"),
        (picture(), "a.jpg", "inline"),
    ):
        answer = get(alice, handed(alice, content, name))
        assert answer["Content-Disposition"].startswith(shown)
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-store"


def test_html_and_drawings_are_downloaded_even_where_they_are_accepted(settings: object) -> None:
    settings.ATTACHMENT_TYPES = {"text/html", "image/svg+xml"}  # type: ignore[attr-defined]
    alice = make_visitor("Alice")
    for content in (b"<html><script>", b"<svg xmlns='x'><script/></svg>"):
        answer = get(alice, handed(alice, content, "a.jpg"))
        assert answer["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "status", "start", "stop"),
    [
        ("bytes=0-9", 206, 0, 10),
        ("bytes=65530-65545", 206, 65_530, 65_546),
        ("bytes=1000000-", 206, 1_000_000, len(LONG)),
        ("bytes=-5", 206, len(LONG) - 5, len(LONG)),
        ("bytes=0-99999999", 206, 0, len(LONG)),
        ("bytes=-99999999", 206, 0, len(LONG)),
        ("bytes=0-0,5-9", 200, 0, len(LONG)),
        ("bytes=9-3", 200, 0, len(LONG)),
        ("bytes=-", 200, 0, len(LONG)),
        ("lines=1-2", 200, 0, len(LONG)),
    ],
)
def test_one_range_is_given_as_asked(asked: str, status: int, start: int, stop: int) -> None:
    alice = make_visitor("Alice")
    answer = get(alice, handed(alice, LONG), Range=asked)
    assert (answer.status_code, body_of(answer)) == (status, LONG[start:stop])
    assert answer["Content-Length"] == str(stop - start)
    if status == 206:
        assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{len(LONG)}"


@pytest.mark.parametrize("asked", [f"bytes={len(LONG)}-", "bytes=-0"])
def test_a_range_behind_the_end_cannot_be_satisfied(asked: str) -> None:
    alice = make_visitor("Alice")
    answer = get(alice, handed(alice, LONG), Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(LONG)}")


def test_a_range_of_another_version_is_the_whole_and_the_same_version_is_not_sent_again() -> None:
    alice = make_visitor("Alice")
    reference = handed(alice)
    etag = get(alice, reference)["ETag"]
    assert get(alice, reference, **{"Range": "bytes=0-4", "If-Range": etag}).status_code == 206
    assert get(alice, reference, **{"Range": "bytes=0-4", "If-Range": '"x"'}).status_code == 200
    assert get(alice, reference, **{"If-None-Match": etag}).status_code == 304


def test_slow_readers_of_large_files_leave_threads_for_everybody_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "TURN_S", 0.01)
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(serving, "_turns", lambda _threads: turns)
    alice = make_visitor("Alice")
    large, small = handed(alice, LONG), handed(alice)
    slow = get(alice, large)
    refused = get(alice, large)
    assert (refused.status_code, told(refused)["code"]) == (503, "busy")
    assert get(alice, small).status_code == 200
    slow.close()
    again = get(alice, large)
    assert body_of(again) == LONG


def test_a_damaged_file_is_not_there() -> None:
    alice = make_visitor("Alice")
    reference = handed(alice)
    (path,) = stored_files()
    raw = bytearray(path.read_bytes())
    raw[20] ^= 1
    path.write_bytes(raw)
    assert get(alice, reference).status_code == 404


def test_an_erased_file_is_gone_for_everybody_and_its_message_says_so() -> None:
    alice, carol = make_visitor("Alice"), make_member("Carol")
    reference = handed(alice, picture(), "passport.jpg")
    sent = send(alice, reference)
    erase(reference)
    assert stored_files() == []
    row = Attachment.objects.get()
    assert (row.key, row.thumbnail_key, row.name, row.sha256) == ("", "", "", "")
    assert get(alice, reference).status_code == 404
    assert get(carol, reference).status_code == 404
    shown = told(client_of(carol).get(f"/console/data/c/{sent.reference}"))
    (message,) = shown["messages"]
    assert message["parts"]["files"][0]["state"] == "erased"
    assert "passport" not in str(shown)


def test_after_a_rotation_of_the_key_old_files_open_and_are_wrapped_anew(settings: object) -> None:
    from bitp.desk.attachments.jobs import _sweep

    alice = make_visitor("Alice")
    reference = handed(alice, picture())
    old, settings.FILES_KEY = settings.FILES_KEY, "a new master key"  # type: ignore[attr-defined]
    settings.FILES_KEY_OLD = [old]  # type: ignore[attr-defined]
    assert get(alice, reference).status_code == 200
    _sweep({}, "")
    settings.FILES_KEY_OLD = []  # type: ignore[attr-defined]
    assert get(alice, reference).status_code == 200
    assert get(alice, reference, query="?size=small").status_code == 200
    assert settings.ENVIRONMENT is not None  # type: ignore[attr-defined]


def test_an_address_that_was_made_up_is_nothing() -> None:
    alice, carol = make_visitor("Alice"), make_member("Carol")
    assert settings.ATTACHMENT_BYTES_MAX > 0
    for reference in ("x", "A" * 24, "%00", "..%2f..%2fetc%2fpasswd"):
        assert get(alice, reference).status_code == 404
        assert get(carol, reference).status_code == 404
