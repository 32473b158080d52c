"""Short programs in the database of a running system: python -m tests.survival.errands NAME JSON.

Each prints its result as JSON. One that stays says "ready" and goes on until its input ends.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def messages() -> list[dict[str, Any]]:
    """Every conversation with its messages in order, as they are stored."""
    from bitp.desk.conversations.models import Conversation, Message

    found = {
        row.pk: {"reference": row.reference, "last_number": row.last_number, "messages": []}
        for row in Conversation.objects.order_by("pk")
    }
    columns = ("number", "external_id", "author_kind", "is_note", "text", "at_us")
    for row in Message.objects.order_by("conversation_id", "number", "pk"):
        entry = {name: getattr(row, name) for name in columns}
        found[row.conversation_id]["messages"].append(entry)
    return list(found.values())


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


def main() -> None:
    from bitp.config.django_setup import set_up_django

    set_up_django()
    result = globals()[sys.argv[1]](**json.loads(sys.argv[2]))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
