"""Files on their way to web: whole or not at all, and nobody else waits for them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from bitp.live.doorway import Doorway
from bitp.live.requests import BODY_BYTES_MAX
from tests.live.harness import Live, in_loop, until
from tests.live.test_relay import Visitor, site

TARGET = "/chat/attachments?thread=x"
LARGE = 5_000_000


def head_of(length: int, target: str = TARGET, language: str = "en") -> bytes:
    lines = (
        f"POST {target} HTTP/1.1",
        "Host: x",
        f"Accept-Language: {language}",
        f"Content-Length: {length}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


def sha256_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("size", [1, BODY_BYTES_MAX, BODY_BYTES_MAX + 1, 300_000, LARGE])
@in_loop
async def test_a_file_of_any_size_reaches_web_as_it_was(tmp_path: Path, size: int) -> None:
    body = os.urandom(size)
    async with site(tmp_path, upload_bytes=LARGE) as (running, web):
        alice = await Visitor.come(running)
        for _ in range(2):
            seen = await alice.seen(f"POST {TARGET} HTTP/1.1", body)
            assert (seen["length"], seen["sha256"]) == (size, sha256_of(body))
            assert (await alice.seen("GET /after HTTP/1.1"))["target"] == "/after"
        assert web.connections == 1
        assert running.gateway.uploads.held_bytes == 0


@in_loop
async def test_what_follows_a_file_on_the_same_line_is_answered_after_it(tmp_path: Path) -> None:
    body = os.urandom(400_000)
    async with site(tmp_path) as (running, web):
        alice = await Visitor.come(running)
        alice.writer.write(head_of(len(body)) + body + b"GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
        for target in (TARGET, "/next"):
            _, answer = await alice.answer()
            assert msgspec.json.decode(answer)["target"] == target
        assert [each["target"] for each in web.requests] == [TARGET, "/next"]


@in_loop
async def test_slow_files_hold_up_nobody_and_web_hears_of_none_before_it_is_whole(
    tmp_path: Path,
) -> None:
    async with site(tmp_path) as (running, web):
        slow = [await Visitor.come(running) for _ in range(30)]
        for each in slow:
            each.writer.write(head_of(LARGE) + b"x" * 100_000)
        await until(lambda: running.gateway.uploads.held_bytes == 30 * LARGE)
        bob = await Visitor.come(running)
        assert (await bob.seen("GET /page HTTP/1.1"))["target"] == "/page"
        assert [each["target"] for each in web.requests] == ["/page"]
        assert web.connections == 1


@pytest.mark.parametrize("how", ["gone", "half closed"])
@in_loop
async def test_an_upload_that_is_cut_half_way_never_reaches_web(tmp_path: Path, how: str) -> None:
    async with site(tmp_path, upload_folder=str(tmp_path)) as (running, web):
        for is_kept in (False, True):
            mallory = await Visitor.come(running)
            if is_kept:
                await mallory.seen("GET /before HTTP/1.1")
            mallory.writer.write(head_of(LARGE) + b"x" * 1_000_000)
            await until(lambda: running.gateway.uploads.held_bytes == LARGE)
            if how == "gone":
                mallory.writer.transport.abort()
            else:
                mallory.writer.write_eof()
            await until(lambda: running.gateway.uploads.held_bytes == 0)
        assert [each["target"] for each in web.requests] == ["/before"]
        assert os.listdir(tmp_path) == ["web.sock"]  # noqa: PTH208 - it does not wait


@pytest.mark.parametrize("length", [LARGE + 1, 2**30, 10**17])
@in_loop
async def test_a_file_that_is_too_large_is_told_so_and_not_read(
    tmp_path: Path, length: int
) -> None:
    async with site(tmp_path, upload_bytes=LARGE) as (running, web):
        alice = await Visitor.come(running)
        alice.writer.write(head_of(length, language="zh-CN") + b"x" * 1_000)
        status, answer = await alice.answer()
        told = msgspec.json.decode(answer)
        assert (status, told["code"], told["title"]) == (413, "too_large", "文件太大了。")
        assert "Access-Control-Allow-Origin: *" in alice.head
        assert await alice.is_closed()
        assert (web.requests, running.gateway.uploads.held_bytes) == ([], 0)


@in_loop
async def test_only_addresses_for_files_take_more_than_a_page_does(tmp_path: Path) -> None:
    async with site(tmp_path) as (running, web):
        for target in ("/chat/ticket", "/attachments/x", "/x?y=/attachments", "/chatattachment"):
            alice = await Visitor.come(running)
            alice.writer.write(head_of(BODY_BYTES_MAX + 1, target))
            assert (await alice.answer())[0] == 413
        assert web.requests == []


@in_loop
async def test_too_much_at_once_is_told_to_come_back(tmp_path: Path) -> None:
    limits = {"uploads_bytes": 2 * LARGE, "upload_bytes": LARGE}
    async with site(tmp_path, **limits) as (running, _):
        slow = [await Visitor.come(running) for _ in range(2)]
        for each in slow:
            each.writer.write(head_of(LARGE))
        await until(lambda: running.gateway.uploads.held_bytes == 2 * LARGE)
        alice = await Visitor.come(running)
        alice.writer.write(head_of(100_000))
        status, answer = await alice.answer()
        assert (status, msgspec.json.decode(answer)["code"]) == (503, "busy")
        assert "Retry-After: 5" in alice.head
        slow[0].writer.transport.abort()
        await until(lambda: running.gateway.uploads.held_bytes == LARGE)
        again = await Visitor.come(running)
        assert (await again.seen(f"POST {TARGET} HTTP/1.1", b"x" * 100_000))["length"] == 100_000


@in_loop
async def test_one_address_sends_so_many_files_at_once(tmp_path: Path) -> None:
    async with site(tmp_path, uploads_per_address=1) as (running, _):
        slow = await Visitor.come(running)
        slow.writer.write(head_of(LARGE))
        await until(lambda: running.gateway.uploads.held_bytes == LARGE)
        alice = await Visitor.come(running)
        alice.writer.write(head_of(LARGE))
        assert (await alice.answer())[0] == 503


@pytest.mark.parametrize("clock", ["stall_s", "upload_s"])
@in_loop
async def test_a_file_that_does_not_come_is_not_waited_for(tmp_path: Path, clock: str) -> None:
    async with site(tmp_path, **{clock: 0.3}) as (running, web):
        alice = await Visitor.come(running)
        alice.writer.write(head_of(LARGE) + b"x")
        await until(lambda: running.gateway.uploads.held_bytes == 0)
        await until(lambda: not len(running.gateway._doors))
        assert web.requests == []


@in_loop
async def test_a_web_that_reads_slowly_is_waited_for(tmp_path: Path) -> None:
    """What web does not take stays on the disk, not in memory."""
    body = os.urandom(LARGE)
    async with site(tmp_path) as (running, web):
        gate = asyncio.Event()
        read = web._read_body

        async def slowly(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
            await gate.wait()
            return await read(reader, headers)

        web._read_body = slowly  # type: ignore[method-assign]
        alice = await Visitor.come(running)
        asked = asyncio.create_task(alice.seen(f"POST {TARGET} HTTP/1.1", body))
        (door,) = doors(running)
        await until(lambda: door._upload and door._upload.is_whole and door._relay)
        assert door._relay
        await until(lambda: door._relay and door._relay._transport and not door._relay.has_room)
        assert door._relay._transport
        assert door._relay._transport.get_write_buffer_size() < 300_000
        gate.set()
        assert (await asked)["sha256"] == sha256_of(body)


def doors(running: Live) -> list[Doorway]:
    return list(running.gateway._doors)


@in_loop
async def test_a_web_that_is_away_is_told_of_and_the_file_is_gone(tmp_path: Path) -> None:
    async with site(tmp_path, web_wait_s=0.2) as (running, web):
        await web.stop()
        web.path.unlink()
        alice = await Visitor.come(running)
        status, _ = await alice.ask(f"POST {TARGET} HTTP/1.1", os.urandom(200_000))
        assert status == 503
        assert running.gateway.uploads.held_bytes == 0
