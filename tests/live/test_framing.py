"""Frames taken apart here are taken apart as the library would."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side

from bitp.live.framing import Slow, payload_of, take_texts, text_frame

MOST = 64 * 1024
SIZES = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]

kinds = st.sampled_from(
    [Opcode.TEXT, Opcode.TEXT, Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG]
)


@pytest.mark.parametrize("size", SIZES)
def test_what_we_send_is_what_the_library_reads(size: int) -> None:
    payload = os.urandom(size // 2).hex().encode().ljust(size, b"x")
    library = Protocol(Side.CLIENT, state=OPEN, max_size=None)
    library.receive_data(text_frame(payload))
    (frame,) = library.events_received()
    assert (frame.opcode, bytes(frame.data), frame.fin) == (Opcode.TEXT, payload, True)  # type: ignore[union-attr]
    assert payload_of(text_frame(payload)) == payload


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(kinds, st.binary(max_size=125)), max_size=12),
    st.lists(st.integers(1, 60), max_size=20),
)
def test_frames_in_any_pieces_give_the_same_messages(
    frames: list[tuple[Opcode, bytes]], cuts: list[int]
) -> None:
    """The two ways in take turns as in WebSocket: whole texts here, all else by the library."""
    data = b"".join(Frame(kind, payload).serialize(mask=True) for kind, payload in frames)
    got: list[bytes | None] = []
    slow: Slow | None = None
    at = 0
    for cut in [*cuts, len(data)]:
        piece, at = data[at : at + cut], at + cut
        if slow is None:
            texts, piece = take_texts(piece, MOST)
            got += texts
        if piece:
            slow = slow or Slow(MOST)
            got += slow.feed(piece)
            if slow.is_idle():
                slow = None
    wanted = [
        payload if kind is Opcode.TEXT else None
        for kind, payload in frames
        if kind in (Opcode.TEXT, Opcode.BINARY)
    ]
    assert got == wanted
    assert slow is None


def test_a_payload_above_the_limit_is_left_to_the_library_which_fails_it() -> None:
    data = Frame(Opcode.TEXT, b"x" * 101).serialize(mask=True)
    assert take_texts(data, 100) == ([], data)
    assert take_texts(data, 101) == ([b"x" * 101], b"")
    slow = Slow(100)
    assert slow.feed(data) == []
    assert slow.is_closing()
    assert slow.has_failed()


def test_an_unmasked_frame_is_never_taken() -> None:
    data = Frame(Opcode.TEXT, b"hello, world").serialize(mask=False)
    assert take_texts(data, MOST) == ([], data)


def test_fragments_are_joined_and_pings_between_them_are_answered() -> None:
    slow = Slow(MOST)
    parts = [
        Frame(Opcode.TEXT, b"one ", fin=False),
        Frame(Opcode.PING, b"there?"),
        Frame(Opcode.CONT, b"two ", fin=False),
        Frame(Opcode.CONT, b"three"),
    ]
    got = [message for part in parts for message in slow.feed(part.serialize(mask=True))]
    assert got == [b"one two three"]
    assert slow.take_output() == [Frame(Opcode.PONG, b"there?").serialize(mask=False)]
    assert slow.is_idle()


def test_closing_is_said_once_and_an_answer_ends_it() -> None:
    slow = Slow(MOST)
    slow.close(4403, "revoked")
    slow.close(1012, "restart")
    (said,) = slow.take_output()
    assert Close.parse(payload_of(said)).code == 4403
    assert not slow.is_over()
    slow.feed(Frame(Opcode.CLOSE, Close(4403, "").serialize()).serialize(mask=True))
    assert slow.is_over()
    assert not slow.has_failed()
