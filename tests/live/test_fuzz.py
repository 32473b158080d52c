"""Whatever is sent, the sender gets a frame or a close, and everybody else is served."""

from __future__ import annotations

import os
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed

from bitp.live import protocol
from bitp.live.reading import BadFrame, read_frame
from tests.live.harness import Friend, Live, in_loop, live

CLIENT_FRAMES = msgspec.inspect.type_info(protocol.ClientFrame)
KINDS: list[Any] = list(CLIENT_FRAMES.types)  # type: ignore[attr-defined]
TAGS = [str(each.tag) for each in KINDS]
FIELDS = {str(each.tag): [field.name for field in each.fields] for each in KINDS}

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**53, max_value=2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=40)
    | st.sampled_from(
        ["\x00", "\u202egnp.exe", "\u200b", "<script>alert(1)</script>", "مرحبا", "𝕏" * 5]
    )
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def frames_of(tag: str) -> st.SearchStrategy[dict[str, Any]]:
    """A frame of this type with some fields and anything in them, perhaps with foreign ones."""
    known = st.dictionaries(st.sampled_from(FIELDS[tag] or ["x"]), anything, max_size=8)
    foreign = st.dictionaries(st.text(max_size=6), anything, max_size=1)
    return st.builds(lambda a, b: {**b, **a, "t": tag}, known, foreign)


def refusal_of(data: bytes) -> BadFrame | None:
    """Why the frame is refused, or none if it is understood; anything else fails the test."""
    try:
        read_frame(data)
    except BadFrame as error:
        return error
    return None


@pytest.mark.parametrize("tag", TAGS)
def test_a_frame_is_understood_or_refused_and_nothing_else_happens(tag: str) -> None:
    counts = {"understood": 0, "refused": 0}

    @settings(max_examples=200, deadline=None)
    @given(frames_of(tag))
    def check(frame: dict[str, Any]) -> None:
        refusal = refusal_of(msgspec.json.encode(frame))
        counts["refused" if refusal else "understood"] += 1
        assert refusal is None or refusal.answer().code in protocol.ERROR_CODES

    check()
    print(f"{tag}: {counts}")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_frame_are_refused(data: bytes) -> None:
    refusal = refusal_of(data)
    assert refusal is None or refusal.code == "bad_frame"


HOSTILE = [
    b"",
    b"{}",
    b"null",
    b"[" * 20_000,
    b'{"t":"ping","n":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    b'{"t":"send","cid":"a","body":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}",
    b'{"t":"ping","n":' + b"9" * 30_000 + b"}",
    b'{"t":"ping","n":1e400}',
    b'{"t":"ping","n":-1}',
    b'{"t":"ping","n":9007199254740993}',
    b'{"t":"send","cid":"a\\n","body":"x"}',
    b'{"t":"send","cid":"' + b"a" * 65 + b'","body":"x"}',
    b'{"t":"send","cid":"../../etc","body":"x"}',
    b'{"t":"send","cid":"a","body":"\\ud800"}',
    b'{"t":"send","cid":"a","body":"\xff\xfe"}',
    b'{"t":"subscribe","stream":"conversation/\\u0000/staff"}',
    b'{"t":"subscribe","stream":"a\' OR 1=1 --"}',
    b'{"t":"mark","conversation":"BP-1","read":true}',
    b'{"t":"hello","v":1,"ticket":"' + b"a" * 5000 + b'"}',
    b'{"t":"send","t":"ping","n":1}',
    b"\xef\xbb\xbf" + b'{"t":"ping"}',
    b'{"t":"ping"}\x00',
    b'{"t":"ping"} {"t":"ping"}',
]


@pytest.mark.parametrize("data", HOSTILE, ids=lambda data: repr(data[:40]))
def test_hostile_frames_are_refused(data: bytes) -> None:
    with pytest.raises(BadFrame):
        read_frame(data)


@in_loop
async def test_hostile_frames_over_a_socket_are_answered_and_everybody_else_is_served() -> None:
    async with live(frames_burst=10_000, frames_per_s=10_000) as running:
        alice = await running.join("contact:alice")
        for data in HOSTILE:
            mallory = await running.join("contact:mallory")
            await mallory.socket.send(data, text=True)
            assert await _answer(mallory) in ("error", "ack", "closed")
            await mallory.socket.send(data)
            assert await _answer(mallory) in ("error", "closed")
            mallory.socket.transport.abort()
            await alice.pong()
        assert running.inbound.calls.get("post_messages", 0) == 0
        assert running.inbound.log == []
        print(f"{len(HOSTILE)} hostile frames, as text and as binary; nothing was stored")


async def _answer(friend: Friend) -> str:
    try:
        frame = await friend.next()
    except ConnectionClosed:
        return "closed"
    assert frame["t"] != "error" or frame["code"] in protocol.ERROR_CODES
    return str(frame["t"])


@in_loop
async def test_who_sends_only_nonsense_is_let_go() -> None:
    async with live() as running:
        mallory = await running.join("contact:mallory")
        for _ in range(protocol.BAD_FRAMES_MAX + 1):
            await mallory.tell("nonsense")
        assert await mallory.closed() == 4400
        errors = [frame for frame in mallory.seen if frame["t"] == "error"]
        assert len(errors) == protocol.BAD_FRAMES_MAX


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(TAGS).flatmap(frames_of), min_size=1, max_size=25))
def test_any_conversation_of_any_frames_leaves_the_gateway_serving(
    frames: list[dict[str, Any]],
) -> None:
    @in_loop
    async def visit() -> None:
        async with live() as running:
            mallory = await running.join("contact:mallory", streams=["contact/mallory"])
            try:
                for frame in frames:
                    await mallory.socket.send(msgspec.json.encode(frame), text=True)
            except ConnectionClosed:
                pass
            bob = await running.join("contact:bob")
            assert (await bob.say("all well", thread="t"))["result"] == "accepted"

    visit()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x81\x05hello", 1002),  # not masked
        (b"\xc1\x80\x00\x00\x00\x00", 1002),  # a reserved bit
        (b"\x83\x80\x00\x00\x00\x00", 1002),  # an opcode that does not exist
        (b"\x80\x80\x00\x00\x00\x00", 1002),  # a continuation of nothing
        (b"\x09\x80\x00\x00\x00\x00", 1002),  # a fragmented ping
        (b"\x89\xfe\x00\x7e" + b"\x00" * 130, 1002),  # a ping that is too long
        (b"\x88\x81\x00\x00\x00\x00\x03", 1002),  # a close of one byte
        (b"\x81\xff\x7f" + b"\xff" * 7 + b"\x00" * 4, 1009),  # an endless frame
    ],
)
@in_loop
async def test_a_broken_websocket_ends_with_the_right_code(data: bytes, code: int) -> None:
    async with live() as running:
        mallory = await running.join("contact:mallory")
        mallory.socket.transport.write(data)
        assert await mallory.closed() == code
        await (await running.join("contact:alice")).pong()


@in_loop
async def test_random_bytes_after_the_upgrade_never_hurt_others() -> None:
    rounds = 100
    async with live() as running:
        alice = await running.join("contact:alice")
        for _ in range(rounds):
            mallory = await running.connect()
            mallory.socket.transport.write(os.urandom(200))
            await alice.pong()
            await _gone(running, mallory)
        print(f"{rounds} times 200 random bytes")


async def _gone(running: Live, friend: Friend) -> None:
    friend.socket.transport.abort()
    assert running.gateway.metrics()["sockets"] >= 1
