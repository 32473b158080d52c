"""The live connection: it comes back from everything, says what it is doing, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from bitp.live.protocol import CLOSE_CODES
from tests.survival.running import System
from tests.web.client.conftest import Desk, script, until

pytestmark = pytest.mark.browser

SETUP = script("connection")
FOLLOW = """(n) => follow("s", n)"""


class Server:
    """The other end of the page's sockets, as a test wants it to behave."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sockets: list[WebSocketRoute] = []
        self.frames: list[dict[str, Any]] = []
        self.answer: Callable[[WebSocketRoute, dict[str, Any]], None] = self.welcome
        page.route_web_socket("**/live", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        self.sockets.append(socket)

        def heard(text: str | bytes) -> None:
            frame = json.loads(text)
            self.frames.append(frame)
            self.answer(socket, frame)

        socket.on_message(heard)

    def welcome(self, socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        """Answers as the gateway does."""
        if frame["t"] == "hello":
            tell(socket, t="welcome", v=1, resume="r" * 20, kind="customer", at_us=1, streams=[])
        if frame["t"] == "subscribe":
            tell(socket, t="subscribed", stream=frame["stream"], head=frame["n"])
        if frame["t"] == "ping":
            tell(socket, t="pong")

    def wait(self, condition: str, argument: Any = None) -> None:
        until(self.page, condition, argument)

    def hellos(self) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["t"] == "hello"]


def tell(socket: WebSocketRoute, **frame: Any) -> None:
    socket.send(json.dumps(frame))


def event(socket: WebSocketRoute, n: int) -> None:
    tell(socket, t="event", stream="s", n=n, kind="k", at_us=1, data={})


@pytest.fixture
def server(blank: Page) -> Server:
    return Server(blank)


def start(page: Page) -> None:
    page.evaluate(SETUP, {"url": "/live", "ticket": "ticket"})
    page.evaluate("line.start()")


def test_hello_takes_a_ticket_first_and_the_resume_token_afterwards(
    blank: Page, server: Server
) -> None:
    start(blank)
    server.wait("states.at(-1) === 'online'")
    server.sockets[0].close(code=1012, reason="restart spread_ms=10")
    server.wait("told.filter((t) => t === 'welcome').length === 2")
    first, second = server.hellos()
    assert (first["ticket"], first.get("resume")) == ("ticket", None)
    assert (second.get("ticket"), second["resume"]) == (None, "r" * 20)
    assert blank.evaluate("[tickets, states]") == [
        1,
        ["connecting", "online", "connecting", "online"],
    ]


def test_every_close_code_has_its_consequence(blank: Page, server: Server) -> None:
    ends = {4403: "signed_out", 4406: "outdated"}
    for code in [*CLOSE_CODES, 1000, 1001, 1006, 1011]:
        before = len(server.hellos())
        start(blank)
        server.wait("line.state === 'online'")
        # 1006 is never sent: it is what a browser says of a line that broke.
        server.sockets[-1].close(code=code if code != 1006 else 3000)
        if code in ends:
            server.wait("(state) => line.state === state", ends[code])
            assert len(server.hellos()) == before + 1, code
        elif code == 4429:
            server.wait("line.state === 'blocked'")
            blank.evaluate("line.stop()")
        else:
            server.wait(
                "line.state === 'online' && told.includes('lost') && told.at(-1) === 'welcome'"
            )
            hello = server.hellos()[-1]
            assert ("ticket" in hello) == (code == 4401), code
            blank.evaluate("line.stop()")
        blank.evaluate("line.stop()")


def test_a_blocked_line_waits_as_long_as_the_server_says(blank: Page, server: Server) -> None:
    def refuse(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        tell(socket, t="error", code="too_many_connections", retry_s=1)
        socket.close(code=4429)

    server.answer = refuse
    start(blank)
    server.wait("line.state === 'blocked'")
    blank.evaluate("dispatchEvent(new Event('online'))")
    assert len(server.hellos()) == 1
    server.answer = server.welcome
    server.wait("line.state === 'online'")
    assert len(server.hellos()) == 2


def test_cut_at_every_step_it_comes_back_and_misses_nothing(blank: Page, server: Server) -> None:
    """The line breaks before hello, after it, after the subscription, and between entries."""
    log = 6
    steps = iter(["open", "hello", "subscribe", "event 2", "event 5", ""])
    now = {"cut": next(steps)}

    def cut(socket: WebSocketRoute) -> None:
        now["cut"] = next(steps)
        socket.close(code=3000)

    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if now["cut"] in ("open", frame["t"]) and frame["t"] == "hello":
            return cut(socket)
        server.welcome(socket, frame)
        if frame["t"] != "subscribe":
            return None
        if now["cut"] == "subscribe":
            return cut(socket)
        for n in range(frame["n"] + 1, log + 1):
            # A repeated entry is one too many.
            event(socket, n)
            event(socket, n)
            if now["cut"] == f"event {n}":
                return cut(socket)
        return None

    server.answer = answer
    # Two sockets that never spoke would turn to polling.
    blank.route("**/live/poll", lambda route: route.abort())
    start(blank)
    blank.evaluate(FOLLOW, 0)
    # The network comes back at once each time: the pauses between tries are cut short.
    blank.evaluate("void setInterval(() => dispatchEvent(new Event('online')), 100)")
    server.wait("(log) => events.length === log", log)
    assert blank.evaluate("events") == list(range(1, log + 1))
    assert now["cut"] == ""


def test_a_missing_entry_is_asked_for_again(blank: Page, server: Server) -> None:
    asked: list[int] = []

    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        server.welcome(socket, frame)
        if frame["t"] == "subscribe":
            asked.append(frame["n"])
            for n in (1, 2, 4, 5) if len(asked) == 1 else range(frame["n"] + 1, 6):
                event(socket, n)

    server.answer = answer
    start(blank)
    blank.evaluate(FOLLOW, 0)
    server.wait("events.length === 5")
    assert blank.evaluate("events") == [1, 2, 3, 4, 5]
    assert asked == [0, 2]


def test_a_resync_loads_again_and_goes_on_from_there(blank: Page, server: Server) -> None:
    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if frame["t"] != "subscribe" or frame["n"] >= 100:
            server.welcome(socket, frame)
        if frame["t"] == "subscribe":
            if frame["n"] < 100:
                tell(socket, t="resync", stream="s", head=100)
            else:
                event(socket, 101)

    server.answer = answer
    start(blank)
    blank.evaluate(FOLLOW, 7)
    server.wait("events.length === 1")
    assert blank.evaluate("[events, resyncs]") == [[101], 1]


def test_a_line_that_is_silent_is_given_up(blank: Page, server: Server) -> None:
    server.answer = lambda socket, frame: frame["t"] == "hello" and server.welcome(socket, frame)  # type: ignore[func-returns-value]
    start(blank)
    server.wait("line.state === 'online'")
    # As after a night's sleep: the browser still believes in the socket.
    blank.evaluate("dispatchEvent(new Event('pageshow'))")
    server.wait("told.filter((t) => t === 'welcome').length === 2")
    assert len(server.sockets) == 2


def test_signed_out_stays_so_until_it_is_started_again(blank: Page, server: Server) -> None:
    blank.evaluate("window.noTicket = { state: 'signed_out' }")
    start(blank)
    server.wait("line.state === 'signed_out'")
    assert server.sockets == []
    blank.evaluate("delete window.noTicket; line.start()")
    server.wait("line.state === 'online'")


def test_without_a_ticket_it_keeps_trying(blank: Page, server: Server) -> None:
    blank.evaluate("window.noTicket = {}")
    start(blank)
    server.wait("states.includes('offline') && tickets >= 3")
    blank.evaluate("delete window.noTicket; dispatchEvent(new Event('online'))")
    server.wait("line.state === 'online'")


def test_a_listener_that_fails_stops_nobody(blank: Page, server: Server) -> None:
    start(blank)
    server.wait("line.state === 'online'")
    blank.evaluate(
        "line.follow('s', 0, (e) => { events.push(e.n); throw new Error('mine'); }, () => 0)"
    )
    for n in (1, 2):
        event(server.sockets[0], n)
    server.wait("events.length === 2")


def test_a_refused_stream_is_told_and_not_asked_for_again(blank: Page, server: Server) -> None:
    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        if frame["t"] == "subscribe":
            tell(socket, t="error", code="not_found", stream="s")
        else:
            server.welcome(socket, frame)

    server.answer = answer
    start(blank)
    blank.evaluate(FOLLOW, 0)
    server.wait("told.includes('refused')")
    server.sockets[0].close(code=1012)
    server.wait("told.filter((t) => t === 'welcome').length === 2")
    blank.evaluate("line.send({ t: 'ping', n: 1 })")
    assert [frame["t"] for frame in server.frames].count("subscribe") == 1


def test_a_stream_the_server_is_too_busy_for_is_asked_for_again(
    blank: Page, server: Server
) -> None:
    """As when the database does not answer for a moment: else the page would stay silent."""

    def answer(socket: WebSocketRoute, frame: dict[str, Any]) -> None:
        asked = [each["t"] for each in server.frames].count("subscribe")
        if frame["t"] == "subscribe" and asked == 1:
            tell(socket, t="error", code="busy", stream="s", retry_s=1)
            return
        server.welcome(socket, frame)
        if frame["t"] == "subscribe":
            event(socket, 1)

    server.answer = answer
    start(blank)
    blank.evaluate(FOLLOW, 0)
    server.wait("events.length === 1")
    assert blank.evaluate("told.filter((t) => t === 'welcome').length") == 1


# The real gateway, with sockets that never open: as behind a proxy that does not know them.
BLOCKED = script("no_sockets")


def test_where_sockets_are_blocked_it_polls(page: Page, system: System, carol: Desk) -> None:
    page.add_init_script(BLOCKED)
    page.goto(f"{system.origin}/healthz")
    answer = page.evaluate(script("ticket"))
    page.evaluate(SETUP, {"url": "/live", "ticket": answer["ticket"]})
    page.evaluate("line.start()")
    until(page, "line.state === 'online'")
    page.evaluate(
        """() => {
          const say = (n) => ({ t: "send", cid: `${n}-${Date.now()}`, body: `${n}`, thread: "p" });
          for (const n of [1, 2, 3]) line.send(say(n));
        }"""
    )
    until(page, "acks.length === 3")
    assert page.evaluate("acks.map((a) => [a.result, a.number])") == [
        ["accepted", 1],
        ["accepted", 2],
        ["accepted", 3],
    ]
    reference = page.evaluate("acks[0].conversation")
    stream = f"conversation/{reference}/customer"
    page.evaluate("(stream) => follow(stream, 0, (event) => event.data.text)", stream)
    carol.reply(reference=reference, text="I can hear you")
    until(page, "events.includes('I can hear you')")
    assert page.evaluate("socketsTried") == 2
