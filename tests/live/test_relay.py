"""Everything but /live goes to web as it came, with the client's true address in front."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bitp.live.proxies import parse_networks
from bitp.live.requests import BODY_BYTES_MAX
from tests.live.harness import Live, in_loop, live, until
from tests.live.test_hello import UPGRADE
from tests.live.tiny_web import TinyWeb


@asynccontextmanager
async def site(folder: Path, **settings: Any) -> AsyncIterator[tuple[Live, TinyWeb]]:
    """A gateway with a tiny web behind it."""
    web = TinyWeb(folder / "web.sock")
    await web.start()
    async with live(web=str(web.path), **settings) as running:
        yield running, web
    await web.stop()


class Visitor:
    """Speaks HTTP/1.1 over one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.head = ""

    @classmethod
    async def come(cls, running: Live) -> Visitor:
        return cls(*await running.raw())

    async def ask(self, request: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request (its lines), and the status and body of its answer."""
        lines = [*request.split("\n"), "Host: localhost"]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        return await self.answer(has_body=not request.startswith("HEAD"))

    async def answer(self, *, has_body: bool = True) -> tuple[int, bytes]:
        async with asyncio.timeout(10):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            self.head = head
            length = head.lower().partition("content-length:")[2].split("\r\n")[0]
            if "chunked" in head:
                body = await self.reader.readuntil(b"\r\n0\r\n\r\n")
            else:
                body = await self.reader.readexactly(int(length)) if has_body else b""
        return int(head.split(" ")[1]), body

    async def seen(self, request: str, body: bytes = b"") -> dict[str, Any]:
        status, answer = await self.ask(request, body)
        assert status == 200
        seen: dict[str, Any] = msgspec.json.decode(answer)
        return seen

    async def is_closed(self) -> bool:
        async with asyncio.timeout(10):
            return await self.reader.read() == b""


@in_loop
async def test_a_page_is_passed_on_with_the_clients_address(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, _):
        alice = await Visitor.come(running)
        host, port = alice.writer.get_extra_info("sockname")
        seen = await alice.seen("GET /support?a=1 HTTP/1.1\nCookie: c=d")
        assert (seen["method"], seen["target"]) == ("GET", "/support?a=1")
        assert seen["headers"]["cookie"] == "c=d"
        assert seen["proxy"] == f"PROXY TCP4 {host} 127.0.0.1 {port} {running.port}"


@in_loop
async def test_nobody_forges_his_address(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        mallory = await Visitor.come(running)
        seen = await mallory.seen("GET / HTTP/1.1\nX-Forwarded-For: 8.8.8.8")
        assert seen["proxy"].startswith("PROXY TCP4 127.0.0.1 ")
        forged = await Visitor.come(running)
        forged.writer.write(b"PROXY TCP4 8.8.8.8 1.1.1.1 1 1\r\n")
        status, _ = await forged.ask("GET / HTTP/1.1")
        assert status == 400
        later = await Visitor.come(running)
        await later.seen("GET /first HTTP/1.1")
        later.writer.write(b"PROXY TCP4 8.8.8.8 1.1.1.1 1 1\r\nGET /forged HTTP/1.1\r\n\r\n")
        await until(lambda: web.connections >= 2)
        assert all("8.8.8.8" not in each["proxy"] for each in web.requests)


@in_loop
async def test_a_trusted_proxys_word_counts_per_request_and_nobody_elses(tmp_path: Path) -> None:
    networks = parse_networks(["127.0.0.0/8"])
    async with site(tmp_path, trusted_proxies=networks, sockets_per_address=1) as (running, _):
        proxy = await Visitor.come(running)
        for client in ("9.9.9.9", "7.7.7.7"):
            seen = await proxy.seen(f"GET / HTTP/1.1\nX-Forwarded-For: {client}")
            assert seen["proxy"].startswith("PROXY TCP4 127.0.0.1 ")
        for client in ("9.9.9.9", "7.7.7.7", "1.2.3.4, 6.6.6.6"):
            await running.connect(additional_headers={"X-Forwarded-For": client})
        await until(lambda: len(running.gateway.clients) == 3)
        addresses = {client.address for client in running.gateway.clients}
        assert addresses == {"9.9.9.9", "7.7.7.7", "6.6.6.6"}
        twice = await running.connect(additional_headers={"X-Forwarded-For": "5.5.5.5, 6.6.6.6"})
        assert await twice.closed() == 4429


@pytest.mark.parametrize("size", [0, 1, 20_000, 3_000_000])
@in_loop
async def test_bodies_pass_both_ways(tmp_path: Path, size: int) -> None:
    async with site(tmp_path) as (running, _):
        alice, body = await Visitor.come(running), os.urandom(min(size, BODY_BYTES_MAX))
        seen = await alice.seen("POST /upload HTTP/1.1", body)
        assert (seen["length"], seen["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        status, answer = await alice.ask(f"GET /size/{size} HTTP/1.1")
        assert (status, len(answer)) == (200, size)


@in_loop
async def test_one_connection_carries_many_requests_of_all_kinds(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        for _ in range(20):
            assert (await alice.seen("GET / HTTP/1.1"))["method"] == "GET"
            assert (await alice.ask("HEAD /size/500 HTTP/1.1"))[1] == b""
            assert (await alice.seen("POST / HTTP/1.1", b"form=1"))["length"] == 6
            _, chunks = await alice.ask("GET /chunked/9 HTTP/1.1")
            assert chunks.count(b"\r\n") == 20
        assert web.connections == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ("Transfer-Encoding: chunked", 411),
        (f"Content-Length: {BODY_BYTES_MAX + 1}", 413),
        ("Content-Length: 9\r\nExpect: 100-continue", 417),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
@in_loop
async def test_a_body_that_could_keep_web_waiting_never_reaches_it(
    tmp_path: Path, method: str, headers: str, status: int
) -> None:
    async with site(tmp_path) as (running, web):
        slow = [await Visitor.come(running) for _ in range(20)]
        for number, each in enumerate(slow):
            if number % 2:
                await each.seen("GET /before HTTP/1.1")
            each.writer.write(f"{method} /up HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n1".encode())
        for each in slow:
            assert (await each.answer())[0] == status
            assert await each.is_closed()
        assert {each["target"] for each in web.requests} == {"/before"}


@in_loop
async def test_nothing_that_follows_a_live_asked_for_too_early_reaches_web(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        mallory = await Visitor.come(running)
        mallory.writer.write(
            b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /live HTTP/1.1\r\nHost: x\r\n\r\n"
            b"POST /up HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await until(lambda: web.requests)
        mallory.writer.write(b"1\r\n")
        web.gate.set()
        assert [(await mallory.answer())[0] for _ in range(2)] == [200, 404]
        assert (await (await Visitor.come(running)).ask("GET /after HTTP/1.1"))[0] == 200
        assert [each["target"] for each in web.requests] == ["/slow", "/live", "/after"]


@in_loop
async def test_a_kept_connection_serves_pages_and_live_in_any_order(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        for _ in range(3):
            assert (await alice.seen("GET /a HTTP/1.1"))["target"] == "/a"
            status, health = await alice.ask("GET /live/health HTTP/1.1")
            assert (status, msgspec.json.decode(health)["sockets"]) == (200, 0)
        assert (await alice.ask("GET /live/nothing HTTP/1.1"))[0] == 404
        alice.writer.write(UPGRADE)
        head = await alice.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert {each["target"] for each in web.requests} == {"/a"}


@in_loop
async def test_live_asked_for_before_the_page_is_answered_is_webs_to_refuse(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        alice.writer.write(
            b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /live HTTP/1.1\r\nHost: x\r\n\r\n"
        )
        await until(lambda: web.requests)
        web.gate.set()
        assert (await alice.answer())[0] == 200
        assert (await alice.answer())[0] == 404


@pytest.mark.parametrize(
    "hidden",
    [
        b"GET /live HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /live/health HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
@pytest.mark.parametrize("extra", [0, 30_000])
@in_loop
async def test_a_request_hidden_in_a_body_stays_a_body(
    tmp_path: Path, hidden: bytes, extra: int
) -> None:
    async with site(tmp_path) as (running, web):
        mallory = await Visitor.come(running)
        body = b"x" * extra + hidden
        head = f"POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
        mallory.writer.write(head.encode())
        await mallory.writer.drain()
        for part in (body[:extra], hidden):
            mallory.writer.write(part)
            await mallory.writer.drain()
        _, answer = await mallory.answer()
        assert msgspec.json.decode(answer)["length"] == len(body)
        assert [each["target"] for each in web.requests] == ["/form"]


SMUGGLED = [
    "Content-Length: 6\nContent-Length: 5",
    "Content-Length: 6\nTransfer-Encoding: chunked",
    "Content-Length: +6",
    "Content-Length: 6, 6",
    "Transfer-Encoding: identity, chunked",
    "Content-Length : 6\nContent-Length: 7",
]


@pytest.mark.parametrize("headers", SMUGGLED)
@in_loop
async def test_a_doubtful_length_is_refused(tmp_path: Path, headers: str) -> None:
    """And nothing that follows it on the connection is taken for /live, or reaches web."""
    async with site(tmp_path) as (running, web):
        mallory = await Visitor.come(running)
        lines = headers.replace("\n", "\r\n")
        mallory.writer.write(f"POST / HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n".encode())
        mallory.writer.write(b"0\r\n\r\nGET /live/health HTTP/1.1\r\nHost: x\r\n\r\n")
        await mallory.writer.drain()
        mallory.writer.write_eof()
        answer = await mallory.reader.read()
        assert b"sockets" not in answer
        other = await Visitor.come(running)
        other.writer.write(f"POST /live/poll HTTP/1.1\r\nHost: x\r\n{lines}\r\n\r\n[]".encode())
        assert (await other.answer())[0] in (400, 411)
        assert web.connections == 0


@in_loop
async def test_while_web_restarts_a_visitor_waits_and_gets_the_page(tmp_path: Path) -> None:
    rounds = 10
    async with site(tmp_path) as (running, web):
        for _ in range(rounds):
            await web.stop()
            alice = await Visitor.come(running)
            asked = asyncio.create_task(alice.ask("POST /form HTTP/1.1", b"x" * 100))
            await until(lambda: running.gateway.metrics()["relayed"] > 0)
            await web.start()
            status, _ = await asked
            assert status == 200
            alice.writer.close()
    print(f"{rounds} restarts of web, no visitor noticed")


@in_loop
async def test_a_page_asked_for_when_web_dies_is_asked_for_again(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        await alice.seen("GET /before HTTP/1.1")
        asked = asyncio.create_task(alice.ask("GET /slow HTTP/1.1"))
        await until(lambda: web.requests[-1]["target"] == "/slow")
        await web.stop()
        web.gate.set()
        await web.start()
        assert (await asked)[0] == 200


@in_loop
async def test_a_form_sent_when_web_dies_is_not_sent_twice(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        status, page = await alice.ask("POST /die HTTP/1.1\nAccept-Language: zh-CN", b"pay=1")
        assert (status, "马上回来" in page.decode()) == (503, True)
        assert [each["target"] for each in web.requests] == ["/die"]
        again = await Visitor.come(running)
        status, _ = await again.ask("GET /die HTTP/1.1")
        assert status == 503
        assert [each["target"] for each in web.requests] == ["/die", "/die", "/die"]


@pytest.mark.parametrize(
    ("headers", "kind", "words"),
    [
        ("Accept: text/html\nAccept-Language: en-GB", "text/html", "We will be right back"),
        ("Accept: text/html\nAccept-Language: zh-CN,zh;q=0.9", "text/html", "马上回来"),
        ("Accept: application/json", "application/problem+json", "We will be right back"),
    ],
)
@in_loop
async def test_a_web_that_stays_away_is_said_in_the_visitors_language(
    headers: str, kind: str, words: str
) -> None:
    async with live(web_wait_s=0.2) as running:
        alice = await Visitor.come(running)
        status, body = await alice.ask(f"GET / HTTP/1.1\n{headers}")
        assert status == 503
        assert "Retry-After: 5" in alice.head
        assert f"Content-Type: {kind}" in alice.head
        assert words in body.decode()
        assert await alice.is_closed()
        bob = await Visitor.come(running)
        assert (await bob.ask("HEAD / HTTP/1.1"))[0] == 503
        assert await bob.is_closed()


@in_loop
async def test_web_may_end_the_connection_after_its_answer(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, _):
        alice = await Visitor.come(running)
        assert (await alice.ask("GET /end HTTP/1.1"))[0] == 200
        assert await alice.is_closed()
        bob = await Visitor.come(running)
        head = f"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_BYTES_MAX}\r\n\r\n"
        bob.writer.write(head.encode() + b"x" * BODY_BYTES_MAX)
        assert (await bob.answer())[1] == b"early"


@in_loop
async def test_a_client_that_ends_its_side_still_gets_the_answer(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        alice.writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        alice.writer.write_eof()
        await until(lambda: web.requests)
        web.gate.set()
        assert (await alice.answer())[0] == 200
        assert await alice.is_closed()


@in_loop
async def test_a_slow_reader_holds_web_back_and_gets_everything(tmp_path: Path) -> None:
    size = 12_000_000
    async with site(tmp_path) as (running, _):
        alice = await Visitor.come(running)
        alice.writer.transport.pause_reading()  # type: ignore[attr-defined]
        asked = asyncio.create_task(alice.ask(f"GET /size/{size} HTTP/1.1"))
        doorway = await until(lambda: next(iter(running.gateway._doors), None))
        await until(lambda: doorway._stuck_since, what="web is held back")
        assert doorway.transport.get_write_buffer_size() < 2_000_000
        alice.writer.transport.resume_reading()  # type: ignore[attr-defined]
        status, body = await asked
        assert (status, len(body)) == (200, size)


@in_loop
async def test_a_slow_head_or_form_reaches_web_only_when_it_is_whole(tmp_path: Path) -> None:
    async with site(tmp_path, head_s=0.3) as (running, web):
        loris = [await Visitor.come(running) for _ in range(20)]
        for number, each in enumerate(loris):
            start = b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " if number % 2 else b"G"
            each.writer.write(start)
        form = await Visitor.come(running)
        form.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
        assert (await (await Visitor.come(running)).ask("GET /quick HTTP/1.1"))[0] == 200
        for each in [*loris, form]:
            assert (await each.answer())[0] == 408
        assert [each["target"] for each in web.requests] == ["/quick"]
        assert web.connections == 1


@in_loop
async def test_an_upload_that_stalls_and_a_reader_that_stops_are_ended(tmp_path: Path) -> None:
    async with site(tmp_path, stall_s=0.3, head_s=0.2) as (running, _):
        stalled = await Visitor.come(running)
        stalled.writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nstart")
        deaf = await Visitor.come(running)
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        deaf.writer.write(b"GET /size/12000000 HTTP/1.1\r\nHost: x\r\n\r\n")
        mute = await Visitor.come(running)
        await until(lambda: running.gateway.metrics()["connections"] == 0, what="all are ended")
        assert mute.reader.at_eof() or await mute.is_closed()


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, 431),
        (b"POST /live/poll HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"POST /live/poll HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
        (b"GET /live HTTP/1.1\r\nbad header\r\n\r\n", 400),
        (b"PUT /live/poll HTTP/1.1\r\n\r\n", 405),
    ],
)
@in_loop
async def test_what_is_no_request_is_refused_here(tmp_path: Path, data: bytes, status: int) -> None:
    async with site(tmp_path) as (running, web):
        mallory = await Visitor.come(running)
        mallory.writer.write(data)
        assert (await mallory.answer())[0] == status
        assert await mallory.is_closed()
        assert web.connections == 0


@in_loop
async def test_health_is_for_this_machine_only(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, _):
        alice = await Visitor.come(running)
        _, body = await alice.ask("GET /live/health HTTP/1.1")
        numbers = msgspec.json.decode(body)
        assert all(isinstance(value, int) for value in numbers.values())
        alice.writer.write(b"GET /live/health HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\r\n")
        head = await alice.reader.readuntil(b"\r\n\r\n")
        assert b"access-control" not in head.lower()
        await alice.reader.readexactly(
            int(head.lower().partition(b"content-length: ")[2].split()[0])
        )
        status, _ = await alice.ask("GET /live/health HTTP/1.1\nX-Forwarded-For: 9.9.9.9")
        assert status == 404
