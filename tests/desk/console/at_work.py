"""Members at work: the whole system running, and their browsers."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Locator, Page

from bitp.demo.people import PEOPLE
from bitp.identity.one_time_code import STEP_S, code_at
from tests.survival.running import ROOT, System

DESK = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
TABLET = {"viewport": {"width": 768, "height": 1024}, "locale": "en-GB"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# 1280 × 900 at 200 %.
DOUBLE = {"viewport": {"width": 640, "height": 450}, "locale": "en-GB"}
# In this window, and a moment later: the call that asks for it ends before the page does.
SUBMIT = "form => { form.target = ''; setTimeout(() => form.submit()); }"
HOSTILE = [
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
    "\u202egnp.exe\u202d and \u200bhidden\u200b",
    "مرحبا بالعالم، أين إيداعي؟ 123 abc",
    "[click](javascript:document.title='owned') javascript:alert(1) https://example.org/a?b=1.",
    "x" * 8_000,
    "{{ 7 * 7 }} ${7*7} %s &amp; &lt;b&gt;",
]
HOSTILE_NAME = "\u202e<b onclick=alert(1)>Mallory</b> " + "Wolfeschlegelsteinhausen" * 2


@dataclass
class Screen:
    """The console on a member's screen."""

    page: Page
    origin: str
    slug: str

    def come_in(self) -> None:
        """Signs the member in by one click of the demo."""
        self.page.goto(f"{self.origin}/console/demo/people")
        self.page.eval_on_selector(f'form[action="/console/demo/enter/{self.slug}"]', SUBMIT)
        self.page.wait_for_url(f"{self.origin}/console/")
        self.page.wait_for_selector("body[data-ready]")

    def act(self, name: str) -> Locator:
        """A button in the conversation's head."""
        return self.page.locator(f'#actions [data-act="{name}"]')

    def message(self, text: str) -> Locator:
        return self.page.locator(".message", has_text=text)


@dataclass
class Agent(Screen):
    """A member's browser window at the console; ``faults``: what went wrong in it."""

    faults: list[str] = field(default_factory=list)

    def open(self, path: str = "/console/") -> Page:
        self.page.goto(self.origin + path)
        self.page.wait_for_selector("body[data-ready]")
        return self.page

    def row(self, reference: str) -> Locator:
        return self.page.locator(f'.row[data-reference="{reference}"]')

    def talk(self, reference: str) -> Page:
        """Opens the conversation by its link and waits for its messages."""
        self.open(f"/console/c/{reference}")
        self.page.wait_for_selector(".message")
        return self.page

    def count(self, view: str) -> Locator:
        return self.page.locator(f'[data-count="{view}"]')

    def write(self, text: str, mode: str = "reply") -> None:
        self.page.locator(f"#tab-{mode}").click()
        self.page.locator("#composer-text").fill(text)

    def send(self, text: str, mode: str = "reply") -> None:
        self.write(text, mode)
        self.page.locator("#composer-text").press("Control+Enter")

    def state_of(self, text: str) -> Locator:
        return self.message(text).locator(".message-state")

    def code(self) -> str:
        """What the member's authenticator shows now."""
        person = next(each for each in PEOPLE if each.slug == self.slug)
        return code_at(person.secret, int(time.time()) // STEP_S)

    def token(self) -> str:
        first = self.page.locator("#first").text_content()
        return str(json.loads(first or "")["csrf"])


SitDown = Callable[..., Agent]


def enter(browser: Browser, system: System, slug: str, **looks: Any) -> Agent:
    """The member signs in by one click of the demo, in a browser of their own."""
    context = browser.new_context(**(looks or DESK))
    page = context.new_page()
    agent = Agent(page, system.origin, slug)
    page.on("pageerror", lambda error: agent.faults.append(str(error)))
    page.on("console", lambda said: _note(agent, said.text))
    agent.come_in()
    return agent


def _note(agent: Agent, text: str) -> None:
    if re.search("Policy|Refused|TrustedHTML", text):
        agent.faults.append(text)


def play(system: System, *scenes: dict[str, Any]) -> list[str]:
    """Customers do something; the references of their conversations."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tests.desk.console.scenes", json.dumps(scenes)],
        env=system.errand_environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return list(json.loads(done.stdout))


def writes(system: System, name: str, *texts: str, conversation: str = "") -> str:
    """One customer writes; the conversation's reference."""
    return play(system, {"name": name, "texts": list(texts), "conversation": conversation})[0]
