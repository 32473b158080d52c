"""A customer and an agent, each at a browser of their own, in the whole running system."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.desk.console.at_work import Screen

# With JOURNEY_PICTURES=docs/images the journeys leave pictures of the main screens there.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
}
LIMIT_MS = 30_000


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at it."""

    language: str
    size: str
    theme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.size}-{self.theme}"

    @property
    def context(self) -> dict[str, Any]:
        """What the browser is told."""
        phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        desk = {"viewport": {"width": 1280, "height": 900}}
        return {
            **(phone if self.size == "phone" else desk),
            "locale": {"zh-hans": "zh-CN", "en": "en-GB"}[self.language],
            "color_scheme": self.theme,
            # Nothing is looked at while it is still fading in.
            "reduced_motion": "reduce",
        }


@dataclass
class Window:
    """A person's browser window; ``faults`` holds what went wrong in it."""

    page: Page
    look: Look
    faults: list[str] = field(default_factory=list)

    def check(self, name: str) -> None:
        """axe finds nothing, nothing scrolls sideways; a picture where they are wanted."""
        found = Axe().run(self.page, options=WCAG).response["violations"]
        wrong = [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]
        assert not wrong, f"{name} {self.look}: {wrong}"
        wide = self.page.evaluate(
            "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
        assert not wide, f"{name} {self.look} scrolls sideways"
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{name}-{self.look}.png")


def open_window(browser: Browser, look: Look, context: BrowserContext | None = None) -> Window:
    """A new window; with ``context`` another tab of the same browser."""
    context = context or browser.new_context(**look.context)
    context.set_default_timeout(LIMIT_MS)
    window = Window(context.new_page(), look)
    window.page.on("pageerror", lambda error: window.faults.append(str(error)))
    window.page.on("console", lambda said: _note(window, said.text))
    return window


def _note(window: Window, text: str) -> None:
    if re.search("Content Security Policy|Refused to", text):
        window.faults.append(text)


class Chat:
    """The chat on a customer's page."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.root = window.page.locator("bitp-chat")
        self.field = self.root.locator("textarea")

    def open(self, url: str) -> Chat:
        """Opens the page, then the chat by its button."""
        self.window.page.goto(url)
        self.root.locator("button.launcher").click()
        self.field.wait_for()
        return self

    def say(self, text: str) -> None:
        """Types and sends."""
        self.field.fill(text)
        self.field.press("Enter")

    def message(self, text: str) -> Locator:
        """The bubble with this text."""
        return self.root.locator(".log").get_by_text(text)


class Console(Screen):
    """The console of a member who entered by one click."""

    def __init__(self, window: Window, origin: str, slug: str) -> None:
        super().__init__(window.page, origin, slug)
        self.window = window
        self.come_in()

    def row(self, text: str) -> Locator:
        """The list's row with this text."""
        return self.page.locator(".row", has_text=text)

    def write(self, text: str, mode: str = "reply") -> None:
        """Types without sending."""
        self.page.locator(f"#tab-{mode}").click()
        self.page.locator("#composer-text").press_sequentially(text)

    def send(self) -> None:
        """Sends what is typed."""
        self.page.locator("#composer-text").press("Control+Enter")
