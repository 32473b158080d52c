"""Typing and presence: the other side sees it, nobody else, and nothing is stored."""

from __future__ import annotations

from tests.live.harness import Friend, Live, in_loop, live, until


async def talk(running: Live, *, carol_follows: bool = True) -> tuple[Friend, Friend, str]:
    """Alice and Carol in one conversation, both subscribed."""
    alice = await running.join("contact:alice", name="Alice")
    reference = (await alice.say("hello", thread="t"))["conversation"]
    await alice.follow(f"conversation/{reference}/customer", 1)
    await alice.next("presence")
    carol = await running.join("staff:carol", name="Carol")
    if carol_follows:
        await carol.follow(f"conversation/{reference}/staff", 1)
        await carol.next("presence")
        await alice.next("presence")
    return alice, carol, reference


def typings(friend: Friend) -> list[bool]:
    return [frame["on"] for frame in friend.seen if frame["t"] == "typing"]


@in_loop
async def test_each_side_sees_the_other_typing_by_name_and_not_itself() -> None:
    async with live() as running:
        alice, carol, reference = await talk(running)
        tab = await running.join("contact:alice")
        await tab.follow(f"conversation/{reference}/customer", 1)
        await alice.tell("typing", conversation=reference, on=True)
        seen = await carol.next("typing")
        assert seen == {
            "t": "typing",
            "conversation": reference,
            "who": "contact",
            "name": "Alice",
            "on": True,
        }
        await carol.tell("typing", conversation=reference, on=True)
        assert (await alice.next("typing"))["who"] == "agent"
        assert (await tab.next("typing"))["name"] == "Carol"
        await alice.pong()
        await tab.pong()
        assert typings(alice) == typings(tab) == [True]
        assert running.inbound.conversations[reference].number == 1


@in_loop
async def test_typing_is_passed_on_at_a_pace_and_its_last_state_always_arrives() -> None:
    async with live(gather_s=0.3, frames_burst=1000) as running:
        alice, carol, reference = await talk(running)
        for number in range(101):
            await alice.tell("typing", conversation=reference, on=number % 2 == 0)
        await alice.tell("typing", conversation=reference, on=False)
        while not typings(carol) or typings(carol)[-1]:
            await carol.next("typing")
        await carol.pong()
        assert len(typings(carol)) <= 4


@in_loop
async def test_nobody_types_into_a_conversation_he_does_not_follow_or_take_part_in() -> None:
    async with live() as running:
        alice, carol, reference = await talk(running)
        mallory = await running.join("contact:mallory")
        await mallory.tell("typing", conversation=reference, on=True)
        assert (await mallory.next("error"))["code"] == "not_found"
        bystander = await running.join("staff:dave")
        await bystander.tell("typing", conversation=reference, on=True)
        assert (await bystander.next("error"))["code"] == "not_found"
        await alice.pong()
        await carol.pong()
        assert typings(alice) == typings(carol) == []


@in_loop
async def test_each_side_learns_that_the_other_is_there_when_it_comes() -> None:
    async with live() as running:
        alice, carol, reference = await talk(running, carol_follows=False)
        assert [f["on"] for f in alice.seen if f["t"] == "presence"] == [False]
        await carol.follow(f"conversation/{reference}/staff", 1)
        assert (await carol.next("presence"))["on"] is True
        seen = await alice.next("presence")
        assert (seen["conversation"], seen["who"], seen["on"]) == (reference, "agent", True)


@in_loop
async def test_a_second_tab_is_no_news_and_only_the_last_one_leaving_is() -> None:
    async with live(away_s=0.1) as running:
        alice, carol, reference = await talk(running)
        tab = await running.join("contact:alice")
        await tab.follow(f"conversation/{reference}/customer", 1)
        tab.socket.transport.abort()
        await carol.pong()
        alice.socket.transport.abort()
        left = await carol.next("presence")
        assert (left["who"], left["on"]) == ("contact", False)
        assert [f["on"] for f in carol.seen if f["t"] == "presence"] == [True, False]


@in_loop
async def test_a_short_absence_is_not_told() -> None:
    async with live(away_s=0.3) as running:
        alice, carol, reference = await talk(running)
        for _ in range(3):
            alice.socket.transport.abort()
            resume = alice.welcome["resume"]
            alice = await running.connect()
            await alice.hello(resume=resume)
            await alice.follow(f"conversation/{reference}/customer", 1)
        await until(lambda: len(running.gateway.clients) == 2)
        await carol.pong()
        assert [f["on"] for f in carol.seen if f["t"] == "presence"] == [True]
        await alice.tell("unsubscribe", stream=f"conversation/{reference}/customer")
        await carol.next("presence", on=False)
        assert [f["on"] for f in carol.seen if f["t"] == "presence"] == [True, False]


@in_loop
async def test_subscribing_twice_counts_once() -> None:
    async with live(away_s=0.1) as running:
        alice, carol, reference = await talk(running)
        for _ in range(3):
            await alice.follow(f"conversation/{reference}/customer", 1)
        alice.socket.transport.abort()
        await carol.next("presence", on=False)
