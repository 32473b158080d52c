"""The load generator of ``api``: programs with a token, each with one connection that is kept.

``office COUNT`` makes a token and contacts, ``stored`` counts what is in the database, ``play``
reads what to do (JSON) from standard input; each writes JSON to standard output.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import msgspec
import uvloop

from bitp.config.bench.load import BODY

# These are not counted: connections are made, caches filled (seconds).
WARM_UP_S = 1.0


class Office(msgspec.Struct):
    """What the clients use: a token, contacts, and a conversation each to answer in."""

    token: str
    contacts: list[str]
    conversations: list[str]


class Asked(msgspec.Struct):
    """What to do. what: "open" or "reply"."""

    port: int
    office: Office
    what: str
    seconds: float
    clients: int


class Counted(msgspec.Struct):
    """Answers in all, those a second that were counted, and how long they took."""

    answered: int = 0
    refused: int = 0
    per_s: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    p99_ms: float = 0.0


async def _client(asked: Asked, client: int, until: float, took: list[tuple[float, float]]) -> int:
    """One request after the other; notes (when, seconds) of each; returns how many failed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    number = refused = 0
    while (began := time.perf_counter()) < until:
        writer.write(_request(asked, client, number))
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        await reader.readexactly(length)
        if head.startswith(b"HTTP/1.1 201"):
            took.append((began, time.perf_counter() - began))
        else:
            refused += 1
        number += 1
    writer.close()
    return refused


def _request(asked: Asked, client: int, number: int) -> bytes:
    office, place = asked.office, number * asked.clients + client
    if asked.what == "open":
        contact = office.contacts[place % len(office.contacts)]
        path = "/api/v1/conversations"
        body = msgspec.json.encode({"contact": {"reference": contact}, "text": BODY})
    else:
        reference = office.conversations[place % len(office.conversations)]
        path = f"/api/v1/conversations/{reference}/messages"
        body = msgspec.json.encode({"text": BODY})
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{asked.port}\r\n"
        f"Authorization: Bearer {office.token}\r\nIdempotency-Key: {asked.what}-{place}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _play(asked: Asked) -> Counted:
    took: list[tuple[float, float]] = []
    start = time.perf_counter() + WARM_UP_S
    end = start + asked.seconds
    refused = await asyncio.gather(
        *(_client(asked, each, end, took) for each in range(asked.clients))
    )
    times = sorted(seconds * 1e3 for began, seconds in took if began >= start)
    return Counted(
        answered=len(took),
        refused=sum(refused),
        per_s=round(len(times) / asked.seconds, 1),
        p50_ms=_quantile(times, 0.50),
        p95_ms=_quantile(times, 0.95),
        p99_ms=_quantile(times, 0.99),
    )


def _quantile(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3) if ordered else 0.0


def _set_up() -> None:
    key = Path(os.environ["BITP_DATA"]) / "secret-key"
    os.environ["BITP_SECRET_KEY"] = key.read_text().strip()
    from bitp.config.django_setup import set_up_django

    set_up_django()


def _make_office(count: int) -> Office:
    from bitp.config.bench.people import make_conversations
    from bitp.desk.api.changes import Wish, create_token
    from bitp.desk.api.scopes import SCOPES
    from bitp.desk.contacts.models import Contact
    from bitp.desk.staff.changes import By
    from bitp.desk.staff.models import OPERATOR, Member
    from bitp.lib.ids import new_token

    erin = Member.objects.filter(role=OPERATOR).first()
    assert erin is not None
    _, secret = create_token(Wish("bench", tuple(SCOPES), 1), erin, By(erin))
    contacts = [Contact(reference=new_token(15)) for _ in range(count)]
    Contact.objects.bulk_create(contacts)
    return Office(secret, [each.reference for each in contacts], make_conversations(count))


def _count_stored() -> dict[str, int]:
    from bitp.desk.conversations.models import Message

    mine = Message.objects.filter(evidence__contains='"kind":"program"')
    return {
        "opened": mine.filter(author_kind="contact").count(),
        "replied": mine.filter(author_kind="agent").count(),
    }


def main() -> None:
    """One of the three."""
    what, *rest = sys.argv[1:]
    if what == "play":
        asked = msgspec.json.decode(sys.stdin.buffer.read(), type=Asked)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            answer: object = runner.run(_play(asked))
    else:
        _set_up()
        answer = _make_office(int(rest[0])) if what == "office" else _count_stored()
    sys.stdout.buffer.write(msgspec.json.encode(answer))


if __name__ == "__main__":
    main()
