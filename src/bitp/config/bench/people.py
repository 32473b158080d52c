"""Makes people for a benchmark in the running system's database: tickets on standard output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

People = tuple[list[tuple[str, str]], str]


def make_people(data: Path, count: int) -> People:
    """New contacts with a conversation each, as (ticket, reference), and an agent's ticket.

    Made in a process of its own, which is set up for this data folder.
    """
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.bench.people", str(count)],
        env={**os.environ, "BITP_MODE": "demo", "BITP_DATA": str(data)},
        stdout=subprocess.PIPE,
        check=True,
    )
    people: People = msgspec.json.decode(done.stdout, type=People)
    return people


def main() -> None:
    """``people COUNT``: [[ticket, reference], …] and the agent's ticket as JSON."""
    key = Path(os.environ["BITP_DATA"]) / "secret-key"
    os.environ["BITP_SECRET_KEY"] = key.read_text().strip()
    from bitp.config.django_setup import set_up_django

    set_up_django()
    contacts = [_make_contact(number) for number in range(int(sys.argv[1]))]
    sys.stdout.buffer.write(msgspec.json.encode((contacts, _agent_ticket())))


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


def _agent_ticket() -> str:
    from bitp.desk.channels.chat.tickets import issue_staff_ticket
    from bitp.desk.staff.models import Member

    return issue_staff_ticket(Member.objects.get(user__email="carol@staff.example.com"), "bench")


if __name__ == "__main__":
    main()
