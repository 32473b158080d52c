"""A right that was taken away ends connections at once, and there is no way back."""

from __future__ import annotations

import threading

import pytest

from bitp.live.inbound import Subject
from tests.live.harness import in_loop, live, until


@pytest.mark.parametrize("by", ["session", "subject"])
@in_loop
async def test_a_revoked_right_cuts_every_socket_it_concerns_and_no_other(by: str) -> None:
    async with live() as running:
        cut = [await running.join("staff:carol", session="s1") for _ in range(3)]
        other = await running.join("staff:dave", session="s2")
        running.inbound.revoke(**{by: {"session": "s1", "subject": "staff:carol"}[by]})
        for carol in cut:
            assert await carol.closed() == 4403
        await other.pong()
        assert running.gateway.counts.revoked == 3


@in_loop
async def test_nothing_is_delivered_or_done_after_the_right_is_gone() -> None:
    async with live() as running:
        alice = await running.join("contact:alice", session="s1", streams=["contact/alice"])
        reference = (await alice.say("hello", thread="t"))["conversation"]
        await alice.follow("contact/alice")
        with running.inbound._changed:
            running.inbound.append("contact/alice", text="after the end")
            running.inbound.revoke(session="s1")
        for number in range(10):
            await alice.tell("send", cid=f"late{number}", body="x", conversation=reference)
        assert await alice.closed() == 4403
        assert "after the end" not in repr(alice.seen)
        await until(running.gateway.writer.is_idle)
        assert running.inbound.conversations[reference].number <= 11
        again = await running.connect()
        await again.tell("hello", v=1, resume=alice.welcome["resume"])
        assert await again.closed() == 4403


@in_loop
async def test_a_session_that_ends_while_hello_is_judged_does_not_come_in() -> None:
    async with live() as running:
        inbound = running.inbound
        judged, go_on = threading.Event(), threading.Event()
        make_token = inbound.resume_token

        def slowly(subject: Subject) -> str:
            judged.set()
            go_on.wait(5)
            return make_token(subject)

        inbound.resume_token = slowly  # type: ignore[method-assign]
        carol = await running.connect()
        await carol.tell("hello", v=1, ticket=inbound.ticket("staff:carol", session="s1"))
        await until(judged.is_set)
        inbound.revoke(session="s1")
        await until(lambda: running.gateway.clients._revoked)
        go_on.set()
        assert await carol.closed() == 4403
        assert not [frame for frame in carol.seen if frame["t"] == "welcome"]


@in_loop
async def test_a_new_session_of_the_same_person_comes_in_after_the_old_one_ended() -> None:
    async with live() as running:
        carol = await running.join("staff:carol", session="s1")
        running.inbound.revoke(subject="staff:carol")
        assert await carol.closed() == 4403
        await running.join("staff:carol", session="s2")


@in_loop
async def test_a_revocation_of_nothing_cuts_nobody() -> None:
    async with live() as running:
        alice = await running.join("contact:alice")
        running.inbound.revoke()
        await until(lambda: running.gateway.clients._revoked)
        await alice.pong()
