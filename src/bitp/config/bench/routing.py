"""How many waiting conversations a second the router gives to people, and how evenly."""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from pathlib import Path
from secrets import token_hex

from bitp.config.bench import Figures, Measured
from bitp.config.bench.running import tree_rss_bytes
from bitp.config.django_setup import set_up_django

# Not a multiple of the agents: the last round cannot be even by itself.
CONVERSATIONS, AGENTS = 9_970, 200
QUICK_CONVERSATIONS, QUICK_AGENTS = 1_970, 50
CAPACITY = 50
POSTED_AT_ONCE = 200
# What one assignment writes: messages, facts, and their places in streams, of about these sizes.
MESSAGES, EVENTS, ENTRIES = 2, 5, 9
MESSAGE_BYTES, EVENT_BYTES = 150, 250
US = 1_000_000


def measure(quick: bool) -> Measured:
    """throughput_per_s: assignments a second, each with its reason, facts and lines, durable;
    cpu_ms_each: of one core, whatever else the machine does; load_spread: the most chats anybody
    has less the fewest, all having the same skills."""
    conversations = QUICK_CONVERSATIONS if quick else CONVERSATIONS
    agents = QUICK_AGENTS if quick else AGENTS
    with tempfile.TemporaryDirectory(prefix="bitp-routing-") as folder:
        _prepare(Path(folder))
        _fill(conversations, agents)
        figures = _time_router(conversations)
        raw = _time_bare_rows(Path(folder), conversations)
    work = {"conversations": conversations, "agents": agents, "capacity": CAPACITY, "routers": 1}
    return Measured(work, figures, raw)


def _prepare(folder: Path) -> None:
    """An empty database of our own, as an installation has it."""
    own = {"BITP_MODE": "test", "BITP_DATA": str(folder), "BITP_SECRET_KEY": token_hex(32)}
    os.environ.update(own)
    os.environ.pop("BITP_DATABASE_URL", None)
    set_up_django()
    from bitp.config.preparation import migrate

    migrate()


def _fill(conversations: int, agents: int) -> None:
    from bitp.desk.routing.models import Queue, Seat
    from bitp.desk.routing.queues import main_queue
    from bitp.desk.staff.models import Member
    from bitp.identity.models import STAFF, User
    from bitp.lib.clock import now_us

    Queue.objects.filter(pk=main_queue().pk).update(assigns=True)
    for number in range(agents):
        user = User.objects.create_user(f"agent{number}@staff.example.com", kind=STAFF)
        # Seen an hour ahead: nobody falls silent while the others are made.
        member = Member.objects.create(
            user=user,
            alias=f"Agent {number}",
            role="agent",
            state="available",
            seen_us=now_us() + 3600 * US,
        )
        Seat.objects.create(member=member, capacity=CAPACITY)
    for start in range(0, conversations, POSTED_AT_ONCE):
        _write(start, min(start + POSTED_AT_ONCE, conversations))


def _write(first: int, end: int) -> None:
    """People who write for the first time, one conversation each."""
    from bitp.desk.channels.changes import site_inbox
    from bitp.desk.contacts.models import Contact
    from bitp.desk.conversations.changes import outcomes_of
    from bitp.desk.conversations.posting.post import Post
    from bitp.lib.clock import now_us

    contacts = Contact.objects.bulk_create(
        [
            Contact(reference=f"bench{number}", name="", language="en")
            for number in range(first, end)
        ]
    )
    posts = [
        Post(
            author_kind="contact",
            author=contact.pk,
            external_id=f"c{contact.pk}:1",
            text="My deposit has not arrived yet.",
            received_us=now_us(),
            thread="1",
            contact=contact.pk,
            inbox=site_inbox().pk,
            language="en",
        )
        for contact in contacts
    ]
    outcomes_of(posts)


def _time_router(conversations: int) -> Figures:
    from bitp.desk.conversations.models import Conversation
    from bitp.desk.routing.assigning import assign_waiting

    began, cpu_began = time.perf_counter(), time.process_time()
    given = 0
    while some := assign_waiting():
        given += some
    took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu_began
    loads = Counter(Conversation.objects.values_list("assignee", flat=True))
    spread = max(loads.values()) - min(loads.values())
    return {
        "throughput_per_s": round(given / took_s),
        "cpu_ms_each": round(cpu_s * 1000 / given, 3),
        "load_spread": spread,
        "not_given": conversations - given,
        "rss_bytes": tree_rss_bytes(os.getpid()),
    }


def _time_bare_rows(folder: Path, conversations: int) -> Figures:
    """The same rows in as large synced commits, by SQLite alone."""
    import sqlite3

    from bitp.desk.routing.assigning import GIVEN_AT_ONCE

    database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE conversation (id INTEGER PRIMARY KEY, assignee INTEGER)")
    for name in ("message", "event", "entry"):
        database.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, content TEXT)")
    ids = [(number,) for number in range(conversations)]
    database.executemany("INSERT INTO conversation VALUES (?, NULL)", ids)
    message, event = ("m" * MESSAGE_BYTES,), ("e" * EVENT_BYTES,)
    began = time.perf_counter()
    for start in range(0, conversations, GIVEN_AT_ONCE):
        some = ids[start : start + GIVEN_AT_ONCE]
        database.execute("BEGIN IMMEDIATE")
        database.executemany("UPDATE conversation SET assignee = 1 WHERE id = ?", some)
        for name, rows in (
            ("message", [message] * MESSAGES),
            ("event", [event] * EVENTS),
            ("entry", [("",)] * ENTRIES),
        ):
            insert = f"INSERT INTO {name} (content) VALUES (?)"  # noqa: S608 - our own names
            database.executemany(insert, rows * len(some))
        database.execute("COMMIT")
    took_s = time.perf_counter() - began
    database.close()
    return {"throughput_per_s": round(conversations / took_s)}
