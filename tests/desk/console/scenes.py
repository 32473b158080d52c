"""What customers do, in the database of a running system: python -m tests.desk.console.scenes JSON.

[{"name", "texts", "conversation"?, "thread"?}, …] → the conversation's reference of each.
"""

from __future__ import annotations

import json
import sys


def play(name: str, texts: list[str], conversation: str = "", thread: str = "") -> str:
    """A visitor of that name writes the texts; the reference of the conversation."""
    from bitp.desk.contacts.models import Contact
    from tests.people import make_visitor, say

    contact = Contact.objects.filter(name=name).first() or make_visitor(name)
    reference = conversation
    for text in texts:
        reference = say(contact, text, conversation=reference, thread=thread or "t").reference
    return reference


def main() -> None:
    from bitp.config.django_setup import set_up_django

    set_up_django()
    print(json.dumps([play(**scene) for scene in json.loads(sys.argv[1])]))


if __name__ == "__main__":
    main()
