"""docs/reference/live-protocol.md, made of protocol.py.

python -m bitp.live.reference writes it; a test says when it is out of date.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.inspect import (
    BoolType,
    DictType,
    Field,
    IntType,
    ListType,
    LiteralType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from bitp.live import protocol

TARGET = Path("docs/reference/live-protocol.md")

_INTRODUCTION = """\
# The live protocol, version {version}

*Made from `src/bitp/live/protocol.py` by `python -m bitp.live.reference`; change it there.*

One connection carries everything that happens now: messages both ways, marks, typing, presence.
Pages and the JSON API carry the rest. Frames are JSON objects; `t` names the type. A field that is
left out has its default. Numbers of messages and of stream entries start at 1; times (`_us`) are
microseconds since 1970 UTC.

## A visit

1. Get a **ticket** from the site (60 s, one person, one browser session) and open a WebSocket at
   `/live`. No cookie is read, any origin may connect: the ticket is the key.
2. Send `hello` with the ticket. `welcome` says who you are taken for, which streams to follow, and
   gives a **resume token** (24 h). Frames may be sent right behind `hello`; they wait for it.
3. `subscribe` to each stream with the last number you have (a page carries the number it was made
   at). `subscribed`, then every entry after that number, each once, in order, then live ones. If
   the log no longer has them: `resync`; load the page again and subscribe with its number.
4. `send` with an id of your own (`cid`). `ack` comes once the message is stored, never before. No
   ack: send the same again with the same `cid`, on this connection or the next; it is stored once.
   After `retry` the same again can succeed, later.
5. The connection ends: come back with `hello` and the resume token, after a pause that grows and
   differs from others'. A close code of 1012 names in its reason over how many milliseconds to
   spread (`spread_ms=1500`: wait a random part of it). 4401: get a new ticket. 4403: the right is
   gone; sign in again.

The server pings every {ping_s} s; browsers answer by themselves. Who is silent for {silent_s} s is
let go. `ping` is for browsers, which cannot send the other kind.

## Where WebSockets are blocked

`POST /live/poll` with a JSON array of frames (at most {poll_frames}, {poll_bytes} bytes) gives a
JSON array of frames. The first frame asked is `poll`, with an empty `id` the first time and `hello`
right behind it; the first frame answered is `polled`. The answer is held for up to {poll_hold_s} s
until there is something to say, so ask again at once. A second request lets the first one go.
What an answer carried comes again until a `poll` confirms it by `seen`. The id lives for
{poll_kept_s} s after the last answer. An answer that begins with `closed` ends it all; its code
is one of the close codes below. From another origin send the body as plain text: that needs no
preflight.
"""


def render() -> str:
    """The whole document."""
    return "\n".join([*_sections(), ""])


def _sections() -> Iterator[str]:
    from bitp.live.settings import GatewaySettings

    times = GatewaySettings()
    yield _INTRODUCTION.format(
        version=protocol.VERSION,
        ping_s=times.ping_s,
        silent_s=times.silent_s,
        poll_hold_s=times.poll_hold_s,
        poll_kept_s=times.poll_kept_s,
        poll_frames=protocol.POLL_FRAMES_MAX,
        poll_bytes=f"{protocol.POLL_BYTES_MAX:,}",
    )
    yield "## Frames of the client\n"
    yield from _frames(protocol.ClientFrame)
    yield "## Frames of the server\n"
    yield from _frames(protocol.ServerFrame)
    yield from _table("Error codes", "error and refused ack", protocol.ERROR_CODES)
    yield from _table("Close codes", "close and `closed`", protocol.CLOSE_CODES)
    yield from _limits()


def _frames(union: object) -> Iterator[str]:
    found = type_info(union)
    assert isinstance(found, UnionType)
    for each in found.types:
        assert isinstance(each, StructType)
        yield f"### `{each.tag}`\n\n{inspect.getdoc(each.cls)}\n"
        if each.fields:
            yield "| field | type | default |\n| --- | --- | --- |"
            yield "\n".join(map(_field_row, each.fields)) + "\n"


def _field_row(field: Field) -> str:
    default = "required" if field.required else f"`{msgspec.json.encode(field.default).decode()}`"
    return f"| `{field.encode_name}` | {_describe(field.type)} | {default} |"


def _describe(kind: Type) -> str:
    if isinstance(kind, StrType):
        return "text" + _bounds(kind.min_length, kind.max_length, " characters") + _letters(kind)
    if isinstance(kind, IntType):
        return "number" + _bounds(kind.ge, kind.le, "")
    if isinstance(kind, LiteralType):
        return " or ".join(f"`{value}`" for value in kind.values)
    if isinstance(kind, ListType | VarTupleType):
        most = _bounds(kind.min_length, kind.max_length, " items")
        return f"list of {_describe(kind.item_type)}{most}"
    if isinstance(kind, UnionType):
        return " or ".join(map(_describe, kind.types))
    return {BoolType: "true or false", DictType: "object"}.get(type(kind), "nothing")


def _bounds(low: int | None, high: int | None, unit: str) -> str:
    if high is None:
        return ""
    return f", {low:,} to {high:,}{unit}" if low else f", up to {high:,}{unit}"


def _letters(kind: StrType) -> str:
    found = re.match(r"\^\[(.+)\][+*]", kind.pattern or "")
    return f" of `{found[1]}`" if found else ""


def _table(title: str, where: str, codes: dict[int, str] | dict[str, str]) -> Iterator[str]:
    yield f"## {title}\n\n| in {where} | says |\n| --- | --- |"
    yield "\n".join(f"| `{code}` | {text} |" for code, text in codes.items()) + "\n"


def _limits() -> Iterator[str]:
    yield "## Limits\n\nThe defaults; an operator may raise some.\n"
    yield "| limit | | why |\n| --- | --- | --- |"
    source = Path(inspect.getfile(protocol)).read_text("utf-8")
    pattern = re.compile(r"((?:^# .+\n)*)^((?:[A-Z]+_)+MAX) = ", re.MULTILINE)
    comment = ""
    for match in pattern.finditer(source):
        comment = match[1].replace("# ", "").replace("\n", " ").strip() or comment
        yield f"| `{match[2]}` | {getattr(protocol, match[2]):,} | {comment} |"


def main() -> None:
    """Write the document."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(render(), "utf-8")


if __name__ == "__main__":
    main()
