"""Marks, drafts and availability: the newest counts, stored at a pace, kept through trouble."""

from __future__ import annotations

from tests.live.harness import Friend, Live, in_loop, live, until


async def opened(running: Live) -> tuple[Friend, str]:
    alice = await running.join("contact:alice")
    return alice, (await alice.say("hello", thread="t"))["conversation"]


@in_loop
async def test_marks_are_gathered_and_only_ever_rise() -> None:
    async with live(gather_s=0.2) as running:
        alice, reference = await opened(running)
        for number in [*range(1, 51), 3]:
            await alice.tell("mark", conversation=reference, delivered=number, read=number // 2)
        marks = running.inbound.marks
        await until(lambda: marks and (marks[-1].delivered, marks[-1].read) == (50, 25))
        assert len(marks) <= 3
        assert {mark.subject.key for mark in marks} == {"contact:alice"}


@in_loop
async def test_marks_of_many_people_are_stored_together() -> None:
    async with live() as running:
        friends = [await running.join(f"contact:{n}") for n in range(20)]
        for friend in friends:
            reference = (await friend.say("hello", thread="t"))["conversation"]
            await friend.tell("mark", conversation=reference, read=1)
        await until(lambda: len(running.inbound.marks) == 20)
        assert running.inbound.calls["mark"] < 20


@in_loop
async def test_marks_in_somebody_elses_conversation_are_not_found_and_not_stored() -> None:
    async with live() as running:
        _, reference = await opened(running)
        mallory = await running.join("contact:mallory")
        for _ in range(3):
            await mallory.tell("mark", conversation=reference, read=1)
            assert (await mallory.next("error"))["code"] == "not_found"
        await until(running.gateway.writer.is_idle)
        assert running.inbound.marks == []
        assert running.inbound.calls["may_write"] == 1


@in_loop
async def test_what_could_not_be_stored_is_stored_later() -> None:
    async with live() as running:
        alice, reference = await opened(running)
        await alice.tell("mark", conversation=reference, read=1)
        await until(lambda: running.inbound.marks)
        running.inbound.switches.is_away = True
        await alice.tell("mark", conversation=reference, read=7)
        await until(lambda: running.inbound.calls["mark"] >= 3, what="tried again")
        assert running.inbound.marks[-1].read == 1
        running.inbound.switches.is_away = False
        await until(lambda: running.inbound.marks[-1].read == 7)


@in_loop
async def test_staff_drafts_are_kept_per_conversation_and_kind() -> None:
    async with live() as running:
        _, reference = await opened(running)
        carol = await running.join("staff:carol")
        for text in ("D", "De", "Dear Alice"):
            await carol.tell("draft", conversation=reference, body=text)
        await carol.tell("draft", conversation=reference, body="careful", note=True)
        drafts = running.inbound.drafts
        await until(lambda: drafts.get(("staff:carol", reference, False)) == "Dear Alice")
        await until(lambda: drafts.get(("staff:carol", reference, True)) == "careful")
        assert running.inbound.calls["save_draft"] <= 4


@in_loop
async def test_customers_have_neither_drafts_nor_availability_here() -> None:
    async with live() as running:
        alice, reference = await opened(running)
        await alice.tell("draft", conversation=reference, body="x")
        assert (await alice.next("error"))["code"] == "not_found"
        await alice.tell("presence", state="available")
        assert (await alice.next("error"))["code"] == "not_found"
        await until(running.gateway.writer.is_idle)
        assert running.inbound.drafts == {}
        assert running.inbound.availability == []


@in_loop
async def test_availability_reaches_the_desk() -> None:
    async with live() as running:
        carol = await running.join("staff:carol")
        await carol.tell("presence", state="away")
        await carol.tell("presence", state="available", active=True)
        await until(lambda: ("staff:carol", "available", True) in running.inbound.availability)


@in_loop
async def test_marks_are_stored_before_the_gateway_ends() -> None:
    async with live(gather_s=30) as running:
        alice, reference = await opened(running)
        await alice.tell("mark", conversation=reference, read=1)
        await until(lambda: running.inbound.marks)
        await alice.tell("mark", conversation=reference, read=2)
        await until(lambda: len(running.gateway.marks) == 1)
    assert running.inbound.marks[-1].read == 2


@in_loop
async def test_a_page_that_sleeps_is_still_there_while_its_browser_answers_pings() -> None:
    async with live(hello_s=2.0, ping_s=0.05, silent_s=5.0) as running:
        carol = await running.join("staff:carol", name="Carol")
        await carol.tell("presence", state="away", active=True)
        told = running.inbound.availability
        await until(lambda: len(told) >= 3, what="repeated without a word from the page")
        assert set(told) == {("staff:carol", "away", True)}
