"""The desk's side of a test, in the running system's database: one JSON line in, one out.

``python -m tests.web.client.errands`` says "ready" and then carries out what it is told.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any


def carol(**more: Any) -> Any:
    """The sample agent."""
    from bitp.desk.staff.models import Member

    return Member.objects.get(alias=more.get("alias", "Carol"))


def come(present: bool) -> None:
    """Carol is at her console, or goes."""
    from bitp.desk.staff.presence import set_presence

    set_presence(carol().pk, "available" if present else "offline")


def take(reference: str) -> None:
    from bitp.desk.conversations.changes import take as take_it

    take_it(reference, carol())


def resolve(reference: str) -> None:
    from bitp.desk.conversations.changes import resolve as resolve_it

    resolve_it(reference, carol())


def reply(reference: str, text: str, note: bool = False) -> int:
    """Carol says something; the message's number."""
    from bitp.desk.conversations.changes import outcomes_of
    from bitp.desk.conversations.models import Conversation
    from bitp.desk.conversations.posting.post import Post
    from bitp.lib.clock import now_us
    from bitp.lib.ids import new_token

    post = Post(
        author_kind="agent",
        author=carol().pk,
        external_id=f"s{carol().pk}:{new_token()}",
        text=text,
        received_us=now_us(),
        conversation=reference,
        inbox=Conversation.objects.get(reference=reference).inbox_id,
        is_note=note,
    )
    return outcomes_of([post])[0].number


def read(reference: str, number: int) -> None:
    """Carol has read up to the number."""
    from bitp.desk.conversations.marks import Mark, move_marks

    move_marks([Mark(reference, f"staff:{carol().pk}", number, number)])


def stored(text: str = "") -> list[dict[str, Any]]:
    """Contacts' messages whose text contains the given one, in the order they came."""
    from bitp.desk.conversations.models import Message

    rows = Message.objects.filter(author_kind="contact", text__contains=text).order_by("pk")
    return [
        {
            "reference": row.conversation.reference,
            "number": row.number,
            "text": row.text,
            "topic": row.conversation.topic,
            "level": row.level,
            "contact": row.conversation.contact.reference,
        }
        for row in rows.select_related("conversation__contact")
    ]


def inbox(key: str, origins: str, secret: str = "") -> None:
    """An inbox that a host may embed."""
    from bitp.desk.channels.models import Inbox

    values = {"channel": "chat", "name": key, "origins": origins, "host_secret": secret}
    Inbox.objects.update_or_create(key=key, defaults=values)


def mails() -> int:
    """How many identities left an address."""
    from bitp.desk.contacts.models import Identity

    return Identity.objects.filter(channel="email", verified_how="").count()


def session_of(email: str) -> str:
    """Signs a customer in; the cookie's value."""
    from django.test import RequestFactory

    from bitp.identity.models import User
    from bitp.identity.sessions import SessionStore, start_session

    request = RequestFactory().get("/")
    request.session = SessionStore(None, "customer")
    start_session(request, User.objects.get(email=email), "password:1")
    return str(request.session.session_key)


COMMANDS: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (come, take, resolve, reply, read, stored, inbox, mails, session_of)
}


def main() -> None:
    import os

    os.environ["DJANGO_SETTINGS_MODULE"] = "bitp.config.settings"
    import django

    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(COMMANDS[name](**arguments)), flush=True)


if __name__ == "__main__":
    main()
