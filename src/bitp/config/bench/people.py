"""Makes people for a benchmark in the running system's database: tickets on standard output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

People = tuple[list[tuple[str, str]], str]


def make_people(data: Path, count: int) -> People:
    """New contacts with a conversation each, as (ticket, reference), and an agent's ticket."""
    people: People = msgspec.json.decode(_run(data, "talk", count), type=People)
    return people


def make_tickets(data: Path, count: int) -> list[str]:
    """Tickets of new contacts who have nothing to say; good for 60 s."""
    done = _run(data, "idle", count)
    tickets: list[str] = msgspec.json.decode(done, type=list[str])
    return tickets


def _run(data: Path, what: str, count: int) -> bytes:
    """This module as a process of its own, which is set up for the data folder."""
    return subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.people", what, str(count)],
        env={**os.environ, "BITP_MODE": "demo", "BITP_DATA": str(data)},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout


def main() -> None:
    """``people talk|idle COUNT``: what make_people or make_tickets returns, as JSON."""
    key = Path(os.environ["BITP_DATA"]) / "secret-key"
    os.environ["BITP_SECRET_KEY"] = key.read_text().strip()
    from bitp.config.django_setup import set_up_django

    set_up_django()
    what, count = sys.argv[1], int(sys.argv[2])
    made = _make_idle(count) if what == "idle" else _make_talking(count)
    sys.stdout.buffer.write(msgspec.json.encode(made))


def _make_idle(count: int) -> list[str]:
    from bitp.desk.channels.changes import site_inbox
    from bitp.desk.channels.chat.tickets import Asker, issue_customer_ticket
    from bitp.desk.contacts.models import Contact
    from bitp.lib.ids import new_token

    inbox = site_inbox()
    contacts = Contact.objects.bulk_create(
        [Contact(reference=new_token()) for _ in range(count)], batch_size=1_000
    )
    # Signed last: a ticket lives a minute.
    return [issue_customer_ticket(Asker(each, inbox, new_token(), {})) for each in contacts]


def _make_talking(count: int) -> People:
    return [_make_contact(number) for number in range(count)], _agent_ticket()


def _make_contact(number: int) -> tuple[str, str]:
    from bitp.desk.channels.changes import site_inbox
    from bitp.desk.channels.chat.tickets import Asker, issue_customer_ticket
    from bitp.desk.contacts.models import Contact
    from bitp.desk.conversations.changes import outcomes_of
    from bitp.desk.conversations.posting.post import Post
    from bitp.lib.clock import now_us
    from bitp.lib.ids import new_token

    inbox = site_inbox()
    contact = Contact.objects.create(reference=new_token(), name=f"Person {number}")
    first = Post(
        author_kind="contact",
        author=contact.pk,
        external_id=f"c{contact.pk}:first",
        text="您好",
        received_us=now_us(),
        thread="bench",
        contact=contact.pk,
        inbox=inbox.pk,
    )
    outcome = outcomes_of([first])[0]
    asker = Asker(contact, inbox, new_token(), {"kind": "session", "session": "bench"})
    return issue_customer_ticket(asker), outcome.reference


def make_conversations(count: int) -> list[str]:
    """References of new conversations, one contact each; Django must be set up."""
    return [_make_contact(number)[1] for number in range(count)]


def _agent_ticket() -> str:
    from bitp.desk.channels.chat.tickets import issue_staff_ticket
    from bitp.desk.staff.models import Member

    return issue_staff_ticket(Member.objects.get(user__email="carol@staff.example.com"), "bench")


if __name__ == "__main__":
    main()
