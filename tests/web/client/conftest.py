"""A whole running system, a desk that answers in it, and browsers that look at it."""

from __future__ import annotations

import functools
import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.plugins.stages import browser_for, system_for
from tests.survival.running import ROOT, System

DESK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 900},
    "locale": "en-GB",
    "reduced_motion": "reduce",
}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "color_scheme": "dark",
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}


class Desk:
    """What agents do, carried out in the system's own database."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def __getattr__(self, name: str) -> Any:
        return functools.partial(self._do, name)

    def _do(self, name: str, **arguments: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([name, arguments]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


system = system_for("session")
browser = browser_for("module")


@pytest.fixture(scope="session")
def desk(system: System) -> Iterator[Desk]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "tests.web.client.errands"],
        env=system.errand_environment(),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield Desk(process)
    process.kill()
    process.communicate()


@pytest.fixture
def carol(desk: Desk) -> Desk:
    """Carol is at her console, so that the demo's stand-in keeps quiet."""
    desk.come(present=True)
    return desk


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(**DESK)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return watched(context.new_page())


@pytest.fixture
def blank(page: Page, system: System) -> Page:
    """A page of our own origin with nothing on it: for the modules alone."""
    page.goto(f"{system.origin}/healthz")
    return page


def watched(page: Page) -> Page:
    """A page that remembers what went wrong in it."""
    page.wrong = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: _note(page, str(error)))
    return page


def _note(page: Page, error: str) -> None:
    page.wrong.append(error)  # type: ignore[attr-defined]


def script(name: str) -> str:
    """A script of the tests, to be evaluated in a page."""
    return (Path(__file__).parent / "scripts" / f"{name}.js").read_text("utf-8")


def until(page: Page, condition: str, argument: Any = None) -> None:
    """Waits for a condition in the page (as a function: its policy forbids eval)."""
    is_function = re.match(r"\(\w*\) =>", condition)
    text = condition if is_function else f"() => ({condition})"
    page.wait_for_function(text, arg=argument, timeout=15_000)


# --- the widget, as a person uses it


def button(page: Page) -> Locator:
    return page.locator("bitp-chat button.launcher")


def open_chat(page: Page, url: str = "") -> Locator:
    """Opens the chat by its button; returns the window."""
    if url:
        page.goto(url)
    button(page).click()
    return window(page)


def window(page: Page) -> Locator:
    found = page.locator("bitp-chat .panel")
    found.locator(":is(.composer, .over, .trouble):visible").first.wait_for()
    return found


def write(page: Page, text: str) -> None:
    field = page.locator("bitp-chat .composer textarea")
    field.fill(text)
    field.press("Enter")


def reference_of(page: Page) -> str:
    """The reference of the conversation on the screen, once it has one."""
    role = page.locator("bitp-chat .head-role", has_text="BP-")
    return str(role.inner_text().rpartition(" · ")[2])


def texts(page: Page) -> list[str]:
    return page.locator("bitp-chat .bubble .text").all_inner_texts()


# --- a host's site


CONTENT_POLICY = (
    "default-src 'none'; script-src 'self' {bitp}; connect-src {bitp} {socket}; "
    "style-src 'none'; img-src 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'"
)
HOST_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<script src="/calls.js"></script></head><body><h1>A shop</h1>
<script src="{bitp}/widget.js" defer data-inbox="shop"></script></body></html>"""


class Host(http.server.ThreadingHTTPServer):
    """Another site, with a strict policy, that embeds the chat."""

    bitp = ""

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Pages(http.server.BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        bitp = self.server.bitp
        is_script = self.path == "/calls.js"
        body = (script("host") if is_script else HOST_PAGE.format(bitp=bitp)).encode()
        policy = CONTENT_POLICY.format(bitp=bitp, socket=bitp.replace("http", "ws"))
        self.send_response(200)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Security-Policy", policy)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


SECRET = "a host's secret that is long enough to sign with"


@pytest.fixture(scope="session")
def host(system: System, desk: Desk) -> Iterator[Host]:
    server = Host(("127.0.0.1", 0), _Pages)
    server.bitp = system.origin
    desk.inbox(key="shop", origins=server.origin, secret=SECRET)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
