"""Short programs in the database of a running system: python -m tests.survival.errands NAME JSON.

Each prints its result as JSON. One that stays says "ready" and goes on until its input ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any


def messages() -> list[dict[str, Any]]:
    """Every conversation with its messages in order, as they are stored."""
    from bitp.desk.conversations.models import Conversation, Message

    found: dict[int, dict[str, Any]] = {
        row.pk: {"reference": row.reference, "last_number": row.last_number, "messages": []}
        for row in Conversation.objects.order_by("pk")
    }
    columns = ("number", "external_id", "author_kind", "is_note", "text", "at_us")
    for row in Message.objects.order_by("conversation_id", "number", "pk"):
        entry = {name: getattr(row, name) for name in columns}
        found[row.conversation_id]["messages"].append(entry)
    return list(found.values())


def say_much(conversation: str, count: int) -> None:
    """The contact of the conversation writes so many messages."""
    from bitp.desk.conversations.changes import outcomes_of
    from bitp.desk.conversations.models import Conversation
    from bitp.desk.conversations.posting.post import Post
    from bitp.lib.clock import now_us

    found = Conversation.objects.get(reference=conversation)
    posts = [
        Post(
            author_kind="contact",
            author=found.contact_id,
            external_id=f"c{found.contact_id}:much{number}",
            text=f"message {number}",
            received_us=now_us(),
            conversation=conversation,
            contact=found.contact_id,
            inbox=found.inbox_id,
        )
        for number in range(count)
    ]
    for start in range(0, count, 200):
        outcomes_of(posts[start : start + 200])


def age_and_prune(conversation: str) -> dict[str, list[int]]:
    """Makes everything in the conversation's streams older than the log keeps, and prunes it.

    Returns head and floor of each stream.
    """
    from bitp.events.models import Event, Stream, StreamEntry
    from bitp.events.streams import KEPT_US, prune_streams
    from bitp.lib.clock import now_us

    streams = Stream.objects.filter(name__startswith=f"conversation/{conversation}/")
    entries = StreamEntry.objects.filter(stream__in=streams)
    Event.objects.filter(pk__in=entries.values("event_id")).update(at_us=now_us() - 2 * KEPT_US)
    assert prune_streams(now_us()) > 0
    return {each.name: [each.head, each.floor] for each in streams.all()}


def sessions() -> list[dict[str, Any]]:
    """What every session remembers, unpacked."""
    from bitp.identity.models import Session
    from bitp.identity.sessions import SessionStore

    rows = Session.objects.values_list("session_data", "side")
    return [SessionStore(None, side).decode(data) for data, side in rows]


def set_inbox(key: str, host_secret: str, origins: str) -> None:
    """An inbox that a host site embeds."""
    from bitp.desk.channels.models import Inbox

    Inbox.objects.update_or_create(
        key=key,
        defaults={"channel": "chat", "host_secret": host_secret, "origins": origins},
    )


def deactivate(email: str) -> None:
    """As an operator does on the roster."""
    from bitp.desk.staff.changes import By
    from bitp.desk.staff.changes import deactivate as shut_out
    from bitp.desk.staff.models import Member

    shut_out(Member.objects.get(user__email=email).pk, By())


def write_like_web(seconds: float, pause_s: float) -> dict[str, Any]:
    """Single writes outside a transaction, and small transactions with a fact, by turns."""
    from django.db import transaction

    from bitp.events.log import Fact, append
    from bitp.events.models import Heartbeat

    def single() -> None:
        Heartbeat.objects.filter(process="web-like").update(at_us=time.time_ns() // 1000)

    def with_fact() -> None:
        with transaction.atomic():
            Heartbeat.objects.filter(process="web-like").update(at_us=time.time_ns() // 1000)
            append([Fact("survival.written", {}, ("survival/web",))])

    Heartbeat.objects.get_or_create(process="web-like", defaults={"at_us": 0})
    return _time_writes([single, with_fact], seconds, pause_s)


def write_like_worker(seconds: float, pause_s: float) -> dict[str, Any]:
    """A job written down; a job leased; a job done: one transaction each."""
    from django.db import transaction

    from bitp.events.jobs import put
    from bitp.events.models import Job

    never_us = 2**60
    jobs = Job.objects.filter(kind="survival.job")

    def plan() -> None:
        with transaction.atomic():
            put("survival.job", "survival:job", {}, never_us)

    def lease() -> None:
        with transaction.atomic():
            list(jobs.select_for_update(skip_locked=True))
            jobs.update(lease="survival", leased_until_us=1)

    def finish() -> None:
        with transaction.atomic():
            jobs.delete()

    return _time_writes([plan, lease, finish], seconds, pause_s)


def people(count: int) -> Any:
    """Contacts with a conversation each, and an agent, for the benchmark's load generator."""
    from pathlib import Path

    from bitp.config.bench.people import make_people

    return make_people(Path(os.environ["BITP_DATA"]), count)


def hold_lock() -> None:
    """Somebody's database browser: holds the database for itself until it is told to let go."""
    import sqlite3

    from django.conf import settings

    database = sqlite3.connect(str(settings.DATABASES["default"]["NAME"]), isolation_level=None)
    database.execute("PRAGMA busy_timeout = 10000")
    database.execute("BEGIN EXCLUSIVE")
    print("ready", flush=True)
    sys.stdin.readline()
    database.execute("ROLLBACK")
    database.close()


def _time_writes(
    writes: list[Callable[[], None]], seconds: float, pause_s: float
) -> dict[str, Any]:
    """Milliseconds of each write, and the errors; begins when told so."""
    from django.db import Error

    writes[0]()
    print("ready", flush=True)
    sys.stdin.readline()
    times_ms: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        try:
            writes[len(times_ms) % len(writes)]()
        except Error as error:
            errors.append(str(error))
        times_ms.append((time.perf_counter() - began) * 1000)
        time.sleep(pause_s)
    return {"times_ms": times_ms, "errors": errors}


def main() -> None:
    from bitp.config.django_setup import set_up_django

    set_up_django()
    result = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
