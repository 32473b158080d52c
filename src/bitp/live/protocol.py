"""The live protocol, version 1: every frame that crosses a socket, as types.

Frames are JSON objects; ``t`` names the type. Client and server frames are listed in
``ClientFrame`` and ``ServerFrame``; docs/reference/live-protocol.md is generated from here.
Numbers of messages and of stream entries start at 1; times are microseconds since the epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, json

VERSION = 1

# A frame may carry one message of at most this many characters (4 bytes each at worst).
MESSAGE_CHARACTERS_MAX = 8_000
# Files that one message may name; an installation's own limit is lower.
ATTACHMENTS_MAX = 20
# Larger frames end the connection with 1009: nothing we send or accept is near it.
FRAME_BYTES_MAX = 64 * 1024
# A person types a few messages a second at most; a pasted burst still fits.
SENDS_PER_S_MAX = 20
# All frames together, so that typing marks cannot flood (bench clients raise it by setting).
FRAMES_PER_S_MAX = 100
# What a connection may send at once before the rate counts: hello and a subscribe per stream.
FRAMES_BURST_MAX = 300
# Frames of one connection in excess of its rate before it is closed, each answered until then.
EXCESS_FRAMES_MAX = 500
# Frames of one connection that were not understood before it is closed.
BAD_FRAMES_MAX = 20
# An agent's console follows its queues and its own conversations.
STREAMS_PER_SOCKET_MAX = 200
# Tabs and devices of one person.
SOCKETS_PER_SUBJECT_MAX = 30
# Traders sit behind shared addresses (design: at least 500).
SOCKETS_PER_ADDRESS_MAX = 1_000
# A reader this far behind is cut; it resumes from its last number.
UNSENT_BYTES_MAX = 1_000_000
# Entries replayed at one subscribe; older ones are a resync.
REPLAY_ENTRIES_MAX = 1_000
# Frames in one long poll's request, and bytes of the request's body.
POLL_FRAMES_MAX = 100
POLL_BYTES_MAX = 256 * 1024

# \Z, not $: the latter would let a line break follow.
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_-]+\Z")]
Reference = Annotated[str, Meta(max_length=16, pattern=r"^[A-Za-z0-9-]*\Z")]
StreamName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9:._/-]+\Z")]
Token = Annotated[str, Meta(max_length=4096, pattern=r"^[A-Za-z0-9:=._-]*\Z")]
Number = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Body = Annotated[str, Meta(max_length=MESSAGE_CHARACTERS_MAX)]


class Frame(Struct, tag_field="t", omit_defaults=True, forbid_unknown_fields=True):
    """The base of every frame."""


# --- client to server -------------------------------------------------------------------


class Hello(Frame, tag="hello"):
    """First frame of a connection: a ticket (60 s) from the site, or a resume token (24 h)."""

    v: int
    ticket: Token = ""
    resume: Token = ""


class Subscribe(Frame, tag="subscribe"):
    """Follow a stream from after number ``n``; answered by subscribed, resync or error."""

    stream: StreamName
    n: Number = 0


class Unsubscribe(Frame, tag="unsubscribe"):
    """Follow a stream no longer."""

    stream: StreamName


class Send(Frame, tag="send"):
    """Post a message. ``cid`` is the client's own id: the same one is never stored twice.

    ``conversation`` is a reference, or empty with ``thread`` (the client's own id of a new
    conversation: all sends with the same thread join the same one). ``about`` is a signed
    reference to what the talk is about. ``attachments`` are the references of files handed over
    before (``POST /chat/attachments``); with one the body may be empty.
    """

    cid: Id
    body: Body
    conversation: Reference = ""
    thread: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*\Z")] = ""
    note: bool = False
    topic: Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z0-9_-]*\Z")] = ""
    language: Annotated[str, Meta(max_length=10, pattern=r"^[A-Za-z0-9-]*\Z")] = ""
    about: Annotated[str, Meta(max_length=2048, pattern=r"^[A-Za-z0-9:=._-]*\Z")] = ""
    attachments: Annotated[tuple[Id, ...], Meta(max_length=ATTACHMENTS_MAX)] = ()


class Typing(Frame, tag="typing"):
    """The person is (not) typing; never stored; at most one a second is passed on."""

    conversation: Reference
    on: bool


class Mark(Frame, tag="mark"):
    """Delivered and read up to message number, cumulative; stored at most once a second."""

    conversation: Reference
    delivered: Number = 0
    read: Number = 0


class SaveDraft(Frame, tag="draft"):
    """Staff: keep what is being written; empty removes it."""

    conversation: Reference
    body: Body
    note: bool = False


class Presence(Frame, tag="presence"):
    """Staff: available, away or offline; ``active`` says a key or pointer moved lately."""

    state: Literal["available", "away", "offline"]
    active: bool = False


class Ping(Frame, tag="ping"):
    """Answered by pong at once, so that a browser notices a dead connection."""

    n: Number = 0


class Poll(Frame, tag="poll"):
    """Long poll only, the first frame of a request: ``id`` as in the last polled (empty: none).

    ``seen``: the highest ``n`` of a polled frame that arrived; what came up to it is not sent
    again.
    """

    id: Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_-]*\Z")] = ""
    seen: Number = 0


ClientFrame = Hello | Subscribe | Unsubscribe | Send | Typing | Mark | SaveDraft | Presence | Ping


# --- server to client -------------------------------------------------------------------


class Welcome(Frame, tag="welcome"):
    """The answer to hello: who the server takes the client for, and how to come back."""

    v: int
    resume: str
    kind: Literal["customer", "staff"]
    at_us: int
    # Streams this subject should follow from the start (its own contact, agent, queues).
    streams: list[str]
    ping_s: int = 25


class Subscribed(Frame, tag="subscribed"):
    """The subscription stands; entries after the asked number follow, up to ``head`` and on."""

    stream: str
    head: int


class Event(Frame, tag="event"):
    """Entry ``n`` of a stream. Numbers of one stream have no gaps and never repeat."""

    stream: str
    n: int
    kind: str
    at_us: int
    data: dict[str, Any]


class Ack(Frame, tag="ack"):
    """What became of a send. ``text`` is the text as stored (secrets removed).

    accepted and duplicate name the conversation and the message's number; conflict: the id
    was used for another text; refused: ``code`` says why, ``retry`` whether sending the same
    again can help.
    """

    cid: str
    result: Literal["accepted", "duplicate", "conflict", "refused"]
    conversation: str = ""
    thread: str = ""
    number: int = 0
    at_us: int = 0
    text: str | None = None
    code: str = ""
    retry: bool = False


class TypingSeen(Frame, tag="typing"):
    """Somebody else in the conversation is (not) typing. Fades after 6 s without a repeat."""

    conversation: str
    who: Literal["contact", "agent"]
    name: str
    on: bool


class PresenceSeen(Frame, tag="presence"):
    """The other side of a conversation is connected or not."""

    conversation: str
    who: Literal["contact", "agent"]
    on: bool


class Resync(Frame, tag="resync"):
    """The log no longer keeps the entries asked for: load the page again, then subscribe."""

    stream: str
    head: int


class Error(Frame, tag="error"):
    """Something in a frame was refused; the connection stays unless a close code follows."""

    code: str
    stream: str = ""
    retry_s: int = 0


class Pong(Frame, tag="pong"):
    """The answer to ping."""

    n: int = 0


class Polled(Frame, tag="polled"):
    """Long poll only, the first frame of an answer: ask again with this ``id``, seen = ``n``.

    The frames that follow are numbered, and the last of them is number ``n``: an answer repeats
    what was not confirmed when it was made, so skip numbers that came before.
    """

    id: str
    n: int


class Closed(Frame, tag="closed"):
    """Long poll only, the last frame of a connection: what a socket's close would have said."""

    code: int
    reason: str = ""


ServerFrame = (
    Welcome
    | Subscribed
    | Event
    | Ack
    | TypingSeen
    | PresenceSeen
    | Resync
    | Error
    | Pong
    | Polled
    | Closed
)

# --- close codes ------------------------------------------------------------------------

CLOSE_CODES: dict[int, str] = {
    1009: "A frame was larger than allowed.",
    1012: "The server restarts; come back within reason's spread_ms with the resume token.",
    1013: "The server cannot look up who you are now; come back in a few seconds.",
    4400: "A frame was not understood.",
    4401: "The ticket or resume token is missing, wrong or over; get a new ticket.",
    4403: "The right was taken away (signed out, deactivated).",
    4406: "This version of the protocol is not spoken here; reload the page.",
    4408: "Reading too slowly, or silent for too long; come back with the resume token.",
    4429: "Too many connections, streams or frames; wait as error.retry_s said.",
}

ERROR_CODES: dict[str, str] = {
    "bad_frame": "The frame is not JSON of a known type within its limits.",
    "not_found": "There is no such stream or conversation for you.",
    "too_many_frames": "More frames a second than allowed; the frame was not acted on.",
    "too_many_streams": "More streams than one connection may follow.",
    "too_many_connections": "More connections than allowed for one person or address.",
    "busy": "The server could not store it now; the same again will succeed later.",
    "too_long": "The message is longer than allowed.",
    "empty": "The message has no text.",
    "closed": "The conversation can no longer be written to.",
    "blocked_text": "The text cannot be stored as it is.",
    "no_attachment": "A file is not there any more, or was sent with another message.",
    "too_many_files": "More files than one message may carry.",
}

decode_client_frame: Callable[[bytes], ClientFrame] = json.Decoder(ClientFrame).decode
decode_server_frame: Callable[[bytes], ServerFrame] = json.Decoder(ServerFrame).decode
encode_frame = json.Encoder().encode
