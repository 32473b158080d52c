"""The sample people, who they are and what they can show."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A sample person; role is empty for customers; secret: of the authenticator (base 32)."""

    slug: str
    email: str
    name: str
    language: str
    role: str = ""
    secret: str = ""
    is_stand_in: bool = False


PEOPLE = (
    Person("wang-wei", "wang.wei@example.com", "王伟", "zh-hans", secret="JBSWY3DPEHPK3PXPAAAA"),
    Person("alice", "alice@example.com", "Alice Moreau", "en", secret="KRSXG5CTMVRXEZLUAAAA"),
    Person("bob", "bob@example.com", "Bob Okafor", "en", secret="ONSWG4TFOQQGC3DMAAAA"),
    Person("carol", "carol@staff.example.com", "Carol", "en", "agent", "MFRGGZDFMZTWQ2LKAAAA"),
    Person("lin", "lin@staff.example.com", "林静", "zh-hans", "agent", "NBSWY3DPO5XXE3DEAAAA"),
    Person("dave", "dave@staff.example.com", "Dave", "en", "supervisor", "OBQXG43XN5ZGIIDJAAAA"),
    Person("erin", "erin@staff.example.com", "Erin", "en", "operator", "PFXXKIDBOJSSA5DIAAAA"),
    Person("robin", "robin@staff.example.com", "Robin", "en", "agent", is_stand_in=True),
)

# Every sample customer has this password; the demo says so beside the sign-in.
CUSTOMER_PASSWORD = "correct horse battery staple"  # noqa: S105
