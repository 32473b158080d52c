"""Alice and Bob write; Carol and Dave sit at the console."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from bitp.desk.contacts.models import Contact
from bitp.desk.staff.models import Member
from tests.desk.console.at_work import Agent, SitDown, enter
from tests.people import make_customer, make_member, say
from tests.plugins.stages import browser_for, system_for
from tests.signing_in import client_of
from tests.survival.running import System

PAGE: dict[str, Any] = {"HTTP_ACCEPT": "text/html,*/*", "HTTP_ACCEPT_LANGUAGE": "en"}
DATA: dict[str, Any] = {"HTTP_ACCEPT": "application/json"}


class Console:
    """A member's browser, as the console's scripts use it."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.client: Client = client_of(member)

    def page(self, path: str = "/console/") -> str:
        answer = self.client.get(path, HTTP_ACCEPT="text/html")
        assert answer.status_code == 200, answer
        return str(answer.content.decode())

    def lists(self, **query: str) -> dict[str, Any]:
        return self.get("/console/data/lists", **query)

    def open(self, reference: str, **query: str) -> dict[str, Any]:
        return self.get(f"/console/data/c/{reference}", **query)

    def panels(self, reference: str) -> dict[str, dict[str, Any]]:
        """The context pane's panels by their keys."""
        drawn = self.get(f"/console/data/c/{reference}/panels")["panels"]
        return {panel["key"]: panel for panel in drawn}

    def get(self, path: str, **query: str) -> dict[str, Any]:
        answer = self.client.get(path, query, **DATA)
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def act(self, reference: str, name: str, body: object = None) -> Any:
        path = f"/console/data/c/{reference}/{name}"
        return self.client.post(path, body or {}, content_type="application/json", **DATA)


@pytest.fixture
def alice(db: None) -> Contact:
    return make_customer("Alice")


@pytest.fixture
def carol(db: None) -> Console:
    return Console(make_member("Carol"))


@pytest.fixture
def dave(db: None) -> Console:
    return Console(make_member("Dave", "supervisor"))


@pytest.fixture
def waiting(alice: Contact) -> str:
    """Alice waits for somebody; the conversation's reference."""
    return say(alice, "My deposit is missing").reference


system = system_for("session")
browser = browser_for("module")


@pytest.fixture
def sit_down(browser: Browser, system: System) -> Iterator[SitDown]:
    """Lets a member sit down at the console; nothing may have gone wrong on their page."""
    agents: list[Agent] = []

    def sit(slug: str = "carol", **looks: object) -> Agent:
        agents.append(enter(browser, system, slug, **looks))
        return agents[-1]

    yield sit
    for agent in agents:
        agent.page.context.close()
    assert [fault for agent in agents for fault in agent.faults] == []
