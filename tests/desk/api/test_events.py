"""Events since a position: each once, in order, as far as the scopes and rights reach."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest
from django.db import connection

from bitp.desk.api.changes import revoke_token
from bitp.desk.api.limits import WAITING_MAX
from bitp.desk.api.v1 import events
from bitp.desk.conversations.changes import take
from bitp.desk.staff.changes import By
from bitp.desk.staff.models import Member
from tests.desk.api.programs import Program
from tests.people import make_customer, make_member, say
from tests.waiting import wait_for

# On PostgreSQL an event is settled, and told, only once its transaction is over.
pytestmark = pytest.mark.django_db(transaction=True)


def all_events(program: Program, limit: int = 50) -> list[dict[str, Any]]:
    found, after, more = [], "", True
    while more:
        page = program.get(f"/events?after={after}&limit={limit}")
        found += page["items"]
        after, more = page["next"], page["more"]
    return found


def test_every_event_comes_once_and_in_order(program: Program) -> None:
    for number in range(6):
        program.open(f"Number {number}")
    whole = all_events(program)
    assert all_events(program, limit=4) == whole
    positions = [tuple(int(n) for n in each["position"].split(".")) for each in whole]
    assert positions == sorted(set(positions))
    assert [each["kind"] for each in whole].count("message.posted") == 6


def test_nothing_new_means_an_empty_page_that_can_be_continued(program: Program) -> None:
    program.open()
    end = program.get("/events?after=latest")
    assert (end["items"], end["more"]) == ([], False)
    made = program.open("Later")
    found = program.get(f"/events?after={end['next']}")["items"]
    assert {each["data"]["conversation"] for each in found} == {made["reference"]}


def test_events_hold_ids_only(program: Program) -> None:
    program.open("canary-text")
    assert "canary" not in json.dumps(all_events(program))
    assert "Alice" not in json.dumps(all_events(program))


def test_who_did_it_is_said(program: Program) -> None:
    alice, carol = make_customer("Alice"), make_member("Carol")
    reference = say(alice, "Hello").reference
    take(reference, carol)
    assigned = next(each for each in all_events(program) if each["kind"].endswith(".assigned"))
    assert assigned["actor"] == {"kind": "staff", "id": str(carol.pk)}
    assert assigned["data"] == {"conversation": reference, "agent": carol.pk}


def test_without_a_scope_its_events_are_passed_over(program: Program, erin: Member) -> None:
    carol = make_member("Carol")
    reference = program.open()["reference"]
    take(reference, carol)
    say(carol, "canary-note", conversation=reference, note=True)

    def kinds(*scopes: str) -> set[str]:
        return {each["kind"] for each in all_events(Program(erin, "events:read", *scopes))}

    assert kinds() == set()
    assert kinds("messages:read") == {"message.posted"}
    assert kinds("assignments:read") == {"conversation.assigned"}
    assert "conversation.opened" in kinds("conversations:read")
    assert not kinds("conversations:read") & kinds("messages:read", "assignments:read")
    blind, seeing = Program(erin, "events:read", "messages:read"), Program(erin)
    assert not [each for each in all_events(blind) if each["data"]["note"]]
    assert [each for each in all_events(seeing) if each["data"].get("note")], (
        "with notes:read it is there"
    )


def test_only_facts_that_are_named_are_shown(program: Program) -> None:
    carol = make_member("Carol")
    take(program.open()["reference"], carol)
    for each in all_events(program):
        assert set(each["data"]) <= set(events.KINDS[each["kind"]].facts)


def test_staffs_own_affairs_are_no_events_of_a_program(program: Program) -> None:
    assert all(each["kind"] in events.KINDS for each in all_events(program))
    assert not [each for each in events.KINDS if each.startswith(("staff.", "api_token."))]


@pytest.mark.parametrize("after", ["x", "1", "1.x", "-1.2", "1.2.3", "0." + "9" * 20, "٣.٤"])
def test_a_position_that_is_none_is_refused(program: Program, after: str) -> None:
    answer = program.ask("GET", f"/events?after={after}")
    assert (answer.status_code, json.loads(answer.content)["code"]) == (422, "invalid")


def in_a_thread(program: Program, path: str, answers: list[Any]) -> threading.Thread:
    def ask() -> None:
        answers.append(program.ask("GET", path))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def test_a_waiting_request_is_answered_when_something_happens(program: Program) -> None:
    end = program.get("/events?after=latest")["next"]
    answers: list[Any] = []
    thread = in_a_thread(program, f"/events?after={end}&wait=25", answers)
    wait_for(lambda: events._waiting._value < WAITING_MAX, what="the request waits")
    made = program.open()
    thread.join(20)
    found = json.loads(answers[0].content)["items"]
    assert found[0]["data"]["conversation"] == made["reference"]


def test_a_waiting_request_is_cut_within_a_second_of_the_revocation(
    program: Program, erin: Member
) -> None:
    other = Program(erin)
    end = program.get("/events?after=latest")["next"]
    answers: list[Any] = []
    thread = in_a_thread(program, f"/events?after={end}&wait=25", answers)
    wait_for(lambda: events._waiting._value < WAITING_MAX, what="the request waits")
    revoke_token(program.token.pk, By(erin))
    began = time.monotonic()
    thread.join(20)
    took_s = time.monotonic() - began
    print(f"cut after {took_s:.2f} s")
    assert answers[0].status_code == 401
    assert took_s < 1.0
    assert other.ask("GET", "/token").status_code == 200


def test_only_a_few_may_wait_at_a_time(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_waiting", threading.BoundedSemaphore(1))
    end = program.get("/events?after=latest")["next"]
    assert events._waiting.acquire()
    began = time.monotonic()
    assert program.get(f"/events?after={end}&wait=25")["items"] == []
    assert time.monotonic() - began < 10


def test_what_the_owner_may_not_see_is_no_event(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bitp.desk.conversations.queries import for_member

    seen, hidden = program.open()["reference"], program.open()["reference"]
    monkeypatch.setattr(events, "for_member", lambda m: for_member(m).exclude(reference=hidden))
    assert {each["data"]["conversation"] for each in all_events(program)} == {seen}
