"""Files as people send them, and the calls that hand them over and get them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import HttpResponseBase
from django.test import Client
from PIL import Image

from bitp.desk.attachments.models import Attachment
from bitp.desk.attachments.storage import FOLDER
from bitp.desk.attachments.views import _uploads
from bitp.desk.channels.changes import site_inbox
from bitp.desk.channels.chat.limits import CHANGES, READS, READS_FROM_ADDRESS
from bitp.desk.channels.chat.tickets import Asker, issue_access
from bitp.desk.contacts.models import Contact
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from tests.signing_in import client_of

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A store of its own for each test, and nobody has sent anything yet."""
    from dataclasses import replace

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, data=tmp_path)
    limits = (CHANGES, READS, READS_FROM_ADDRESS)
    _uploads.cache_clear()
    for each in limits:
        each.forget()
    yield
    for each in limits:
        each.forget()


def stored_files() -> list[Path]:
    """Everything that lies in the store."""
    folder = settings.ENVIRONMENT.data / FOLDER
    return [path for path in folder.rglob("*") if path.is_file()]


def access_of(contact: Contact) -> str:
    return issue_access(Asker(contact, site_inbox(), "session", {}))


def headers_of(person: Contact | Member | None, **more: str) -> dict[str, str]:
    named = {"Authorization": f"Bearer {access_of(person)}"} if isinstance(person, Contact) else {}
    return {"Accept": "application/json", **named, **more}


def side_of(person: Contact | Member | None) -> str:
    return "/console/attachments" if isinstance(person, Member) else "/chat/attachments"


def hand_over(
    person: Contact | Member,
    content: bytes,
    name: str = "statement.pdf",
    *,
    conversation: str = "",
    declared: str = "",
) -> HttpResponseBase:
    """The upload as a page sends it."""
    headers = headers_of(person, **{"X-File-Name": quote(name), "X-File-Type": declared})
    query = f"?conversation={conversation}" if conversation else "?thread=thread"
    client = client_of(person)
    return client.generic(
        "POST", side_of(person) + query, content, "application/octet-stream", headers=headers
    )


def handed(person: Contact | Member, content: bytes = PDF, name: str = "a.pdf", **how: Any) -> str:
    """The reference of a file that was taken."""
    answer = hand_over(person, content, name, **how)
    assert answer.status_code == 201, body_of(answer)
    return str(told(answer)["reference"])


def get(
    person: Contact | Member | None, reference: str, *, query: str = "", **headers: str
) -> HttpResponseBase:
    """The download as this person asks for it; none: a stranger with only the address."""
    client = client_of(person) if person else Client()
    address = f"{side_of(person)}/{reference}{query}"
    return client.get(address, headers=headers_of(person, **headers))


def told(answer: HttpResponseBase) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(body_of(answer))
    return told


def body_of(answer: HttpResponseBase) -> bytes:
    if answer.streaming:
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    content: bytes = answer.content  # type: ignore[attr-defined]
    return content


def picture(
    format_: str = "JPEG", size: tuple[int, int] = (64, 48), colour: str = "teal", **how: Any
) -> bytes:
    """A picture as a file."""
    drawn = io.BytesIO()
    Image.new("RGB", size, colour).save(drawn, format_, **how)
    return drawn.getvalue()


def state() -> tuple[int, int, int]:
    """What a refusal must leave as it was: files, rows, events."""
    return len(stored_files()), Attachment.objects.count(), Event.objects.count()
