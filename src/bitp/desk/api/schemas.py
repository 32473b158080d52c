"""What goes in and comes out, as the API's description names it. Times: RFC 3339, UTC."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from bitp.desk.api.errors import Invalid
from bitp.desk.contacts.addresses import ADDRESS_CHARACTERS_MAX, is_email
from bitp.desk.contacts.changes import NAME_CHARACTERS_MAX
from bitp.desk.conversations.posting.steps import TEXT_CHARACTERS_MAX

Topic = Literal[
    "account", "security", "deposit", "withdrawal", "order", "privacy", "technical", "other"
]
Status = Literal["open", "waiting", "snoozed", "resolved"]
Language = Literal["zh-hans", "en"]
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
# Where a page ends; programs hand it back and need not look into it.
Cursor = Annotated[str, Field(pattern=r"^[0-9]{1,18}$")]
Text = Annotated[str, Field(min_length=1, max_length=TEXT_CHARACTERS_MAX, pattern=r"\S")]


def _whole(value: object) -> object:
    """true is no agent, and neither is "1"."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("whole", "This is not a whole number")
    return value


def _email(text: str) -> str:
    if not is_email(text):
        raise PydanticCustomError("email", "This is not an e-mail address")
    return text


# An address as mail servers on the Internet take it.
EMAIL = (
    r"^[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
Email = Annotated[
    str, Field(max_length=ADDRESS_CHARACTERS_MAX, pattern=EMAIL), AfterValidator(_email)
]


def left_out() -> Any:
    """What may be left out, but is never null: then it is None here and has no default there."""
    return Field(default=None, json_schema_extra=_drop_default)


def _drop_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Body(Schema):
    """A body that is sent to us: a name we do not know is an error, not a wish ignored."""

    model_config = ConfigDict(extra="forbid")


class Asked(Schema):
    """What may stand in the query of a list."""

    @classmethod
    def check(cls, names: Iterable[str]) -> None:
        """Raises Invalid for a name we do not know: a filter misspelt is no filter at all."""
        if set(names) - set(cls.model_fields):
            known = ", ".join(cls.model_fields)
            raise Invalid(errors=[{"where": "query", "says": f"Known names: {known}"}])


class ContactIn(Body):
    """Whom the conversation is with: ``reference`` of a known contact, or your own id of a
    person (``external_id``), with name and address if you know them. What you say of a person
    is a claim, never proof."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"oneOf": [{"required": ["reference"]}, {"required": ["external_id"]}]},
    )

    reference: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,24}$")] = left_out()
    external_id: Annotated[str, Field(pattern=r"^[!-~]{1,100}$")] = left_out()
    name: Annotated[str, Field(max_length=NAME_CHARACTERS_MAX)] = ""
    email: Email = left_out()

    @model_validator(mode="after")
    def one_of_two(self) -> ContactIn:
        """Either names somebody, not both."""
        if bool(self.reference) == bool(self.external_id):
            raise PydanticCustomError("contact", "Give either reference or external_id")
        return self


class NewConversation(Body):
    """A conversation with the first thing its contact said."""

    contact: ContactIn
    text: Text
    topic: Topic = "other"
    language: Language = "en"


class ConversationChange(Body):
    """What to change; at least one of them."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"minProperties": 1})

    status: Literal["open", "resolved"] = left_out()
    topic: Topic = left_out()

    @model_validator(mode="after")
    def something(self) -> ConversationChange:
        """A change changes something."""
        if not self.model_fields_set:
            raise PydanticCustomError("change", "Give status, topic or both")
        return self


class NewMessage(Body):
    """A reply to the contact, or a note that only staff see."""

    text: Text
    note: StrictBool = False


class NewAssignee(Body):
    """Who answers from now on; null: nobody, back into the queue."""

    agent: Annotated[Id | None, BeforeValidator(_whole)]


class AgentName(Schema):
    """One of the staff, by the first name that customers see."""

    id: int
    name: str


class Contact(Schema):
    """Who writes to us."""

    reference: str
    name: str
    customer: bool = Field(description="Has an account and was signed in.")


class Conversation(Schema):
    """One thread with a contact."""

    reference: str
    contact: Contact
    topic: Topic
    status: Status
    language: Language
    level: int = Field(description="How well it is proven who asks: 0 nothing … 3 stepped up.")
    assignee: AgentName | None
    created_at: Time
    last_message_at: Time
    waiting_since: Time | None = Field(description="Since when the contact waits for a person.")
    last_number: int = Field(description="Number of the last message, from 1.")


class Author(Schema):
    """Who wrote a message."""

    kind: Literal["contact", "agent", "system"]
    name: str
    id: int | None
    program: bool = Field(description="Written by a program on that person's behalf.")


class Message(Schema):
    """Something said; immutable."""

    conversation: str
    number: int
    kind: Literal["text", "card", "system", "file", "call"]
    note: bool
    author: Author
    text: str = Field(description="As stored: secrets are masked.")
    parts: dict[str, Any] | None
    at: Time


class Agent(Schema):
    """One of the staff who answers."""

    id: int
    name: str
    role: Literal["agent", "supervisor", "operator"]
    available: bool
    open_conversations: int


class Assignment(Schema):
    """Who has a conversation that is not resolved."""

    conversation: str
    agent: AgentName
    status: Status
    topic: Topic


class Actor(Schema):
    """Who did it."""

    kind: str
    id: str


class Event(Schema):
    """A fact, as far as the token's scopes reach. Ids only, never what somebody wrote."""

    position: str
    kind: str
    at: Time
    actor: Actor
    data: dict[str, Any]


class TokenSelf(Schema):
    """The token that asks."""

    name: str
    prefix: str
    owner: AgentName
    scopes: list[str]
    expires_at: Time | None


class Conversations(Schema):
    """A page; ``next``: the cursor of the following one, null on the last."""

    items: list[Conversation]
    next: str | None


class Messages(Schema):
    """A page by number; ``next``: ``after`` of the following one, null on the last."""

    items: list[Message]
    next: int | None


class Agents(Schema):
    """Everybody who may have conversations."""

    items: list[Agent]


class Assignments(Schema):
    """A page; ``next``: the cursor of the following one, null on the last."""

    items: list[Assignment]
    next: str | None


class Events(Schema):
    """What happened; ``next`` is ``after`` of the following request, also when nothing did."""

    items: list[Event]
    next: str
    more: bool = Field(description="There is more already: ask again at once.")


class WrongValue(Schema):
    """Where a value is wrong, and why."""

    where: str
    says: str


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    errors: list[WrongValue] | None = None
    scope: str | None = None
    reason: str | None = None
    retry_s: int | None = None
