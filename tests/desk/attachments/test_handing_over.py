"""Files on their way in: what is taken, and what leaves no trace."""

from __future__ import annotations

import io

import pytest
from django.conf import settings
from django.test import RequestFactory

from bitp.desk.attachments.errors import CutOff
from bitp.desk.attachments.models import Attachment
from bitp.desk.attachments.receiving import receive
from bitp.desk.attachments.storage import sealed_files
from bitp.events.models import Event, Job
from tests.desk.attachments.conftest import (
    PDF,
    hand_over,
    handed,
    headers_of,
    picture,
    state,
    stored_files,
    told,
)
from tests.people import make_customer, make_member, make_visitor, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_alice_hands_over_a_file_and_it_lies_sealed() -> None:
    alice = make_visitor("Alice")
    content = PDF + b"canary-in-a-statement"
    answer = hand_over(alice, content, "对账单 2026.pdf", declared="application/pdf")
    assert answer.status_code == 201
    row = Attachment.objects.get()
    assert told(answer) == {
        "reference": row.reference,
        "name": "对账单 2026.pdf",
        "type": "application/pdf",
        "size_bytes": len(content),
        "width": 0,
        "height": 0,
        "thumbnail": False,
        "state": "ready",
        "reason": "",
    }
    assert (row.contact, row.uploader_kind, row.uploader) == (alice, "contact", alice.pk)
    assert (row.thread, row.message, row.declared_type) == ("thread", None, "application/pdf")
    assert all(b"canary" not in path.read_bytes() for path in stored_files())
    assert "对账单" not in "".join(Event.objects.values_list("data", flat=True))


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"MZ\x90\x00\x03\x00\x00\x00 a program", 415, "type_refused"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", 415, "type_refused"),
        (b"<!doctype html><script>alert(1)</script>", 415, "type_refused"),
        (b"PK\x03\x04 an archive \x00", 415, "type_refused"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 no picture at all", 422, "bad_picture"),
        (b"\x7fELF\x02\x01\x01\x00", 415, "type_refused"),
    ],
)
def test_what_is_refused_is_told_why_and_leaves_nothing(
    content: bytes, status: int, code: str
) -> None:
    alice = make_visitor("Alice")
    before = state()
    answer = hand_over(alice, content, "harmless.jpg", declared="image/jpeg")
    assert (answer.status_code, told(answer)["code"]) == (status, code)
    assert told(answer)["title"]
    assert state() == before


def test_a_file_larger_than_the_limit_is_not_read(settings: object) -> None:
    settings.ATTACHMENT_BYTES_MAX = 1_000  # type: ignore[attr-defined]
    alice = make_visitor("Alice")
    before = state()
    headers = headers_of(alice)
    headers["Content-Length"] = str(2**30)
    request = RequestFactory().post(
        "/chat/attachments", b"", "application/octet-stream", headers=headers
    )
    request.META["CONTENT_LENGTH"] = str(2**30)
    from bitp.desk.attachments.views import hand_over as view

    answer = view(request)
    assert (answer.status_code, told(answer)["code"]) == (413, "too_large")
    assert told(hand_over(alice, b"x" * 1_001))["code"] == "too_large"
    assert state() == before


def test_an_upload_that_is_cut_half_way_leaves_nothing() -> None:
    before = state()
    pieces = iter([PDF, b"x" * 50_000, b""])

    def gone(_size: int) -> bytes:
        raise ConnectionResetError

    for read in (lambda _size: next(pieces), gone):
        with pytest.raises(CutOff):
            receive(read, 25_000_000, "a.pdf")
    assert state() == before


def test_the_largest_file_is_taken_without_being_held_in_memory() -> None:
    size = settings.ATTACHMENT_BYTES_MAX
    source = io.BytesIO(PDF + bytes(size - len(PDF)))
    asked: list[int] = []

    def read(count: int) -> bytes:
        asked.append(count)
        return source.read(count)

    received = receive(read, size, "a.pdf")
    assert max(asked) <= 64 * 1024
    assert received.file.size_bytes == size
    sealed_files().remove(received.file.name)


def test_a_person_sends_so_many_files_an_hour_and_then_hears_when_to_come_back(
    settings: object,
) -> None:
    settings.ATTACHMENTS_PER_HOUR = 2  # type: ignore[attr-defined]
    alice, bob = make_visitor("Alice"), make_visitor("Bob")
    assert [hand_over(alice, PDF).status_code for _ in range(2)] == [201, 201]
    before = state()
    refused = hand_over(alice, PDF)
    assert (refused.status_code, told(refused)["code"]) == (429, "too_many")
    assert int(refused["Retry-After"]) > 0
    assert state() == before
    assert hand_over(bob, PDF).status_code == 201


def test_mallory_hands_nothing_over_into_alices_conversation() -> None:
    alice, mallory = make_customer("Alice"), make_visitor("Mallory")
    reference = say(alice, "hello").reference
    before = state()
    assert hand_over(mallory, PDF, conversation=reference).status_code == 404
    stranger = client_of(None).generic("POST", "/chat/attachments", PDF, "application/octet-stream")
    assert stranger.status_code == 401
    assert state() == before


def test_staff_hand_over_into_a_conversation_they_may_see_only() -> None:
    carol = make_member("Carol")
    assert hand_over(carol, PDF, conversation="BP-2222-2222").status_code == 404
    reference = say(make_visitor("Alice"), "hello").reference
    assert hand_over(carol, PDF, conversation=reference).status_code == 201
    assert Attachment.objects.get().uploader_kind == "agent"


def test_a_file_that_is_not_sent_is_taken_back_with_its_content_and_its_jobs() -> None:
    alice, mallory = make_visitor("Alice"), make_visitor("Mallory")
    reference = handed(alice, picture())
    assert len(stored_files()) == 2
    address = f"/chat/attachments/{reference}/discard"
    refused = client_of(None).post(address, headers=headers_of(mallory))
    assert (refused.status_code, len(stored_files())) == (404, 2)
    assert client_of(None).post(address, headers=headers_of(alice)).status_code == 204
    assert (stored_files(), Attachment.objects.count(), Job.objects.count()) == ([], 0, 0)
