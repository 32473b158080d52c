"""A tiny web behind a Unix socket: says what reached it, as the real one would see it."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import msgspec

REASONS = {200: "OK", 404: "Not Found"}


class TinyWeb:
    """Answers every request with what it saw; paths choose how.

    /size/N: N bytes · /chunked/N: N chunks · /slow: waits for ``gate`` · /die: closes without a
    word · /end: answers and closes · /early: answers 200 before the body is read, then closes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.requests: list[dict[str, Any]] = []
        self.connections = 0
        self.gate = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self.path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self.path, limit=2**20)

    async def stop(self) -> None:
        """As if killed: connections are cut, the socket's file stays."""
        assert self._server is not None
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            proxy = (await reader.readline()).decode().rstrip("\r\n")
            while await self._serve_one(reader, writer, proxy):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _serve_one(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, proxy: str
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *rest = head.rstrip("\r\n").split("\r\n")
        method, target, _ = line.split(" ")
        headers = {
            name.lower(): value.strip() for name, _, value in (h.partition(":") for h in rest)
        }
        if target == "/early":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nearly")
            await writer.drain()
            return False
        body = await self._read_body(reader, headers)
        seen = {
            "proxy": proxy,
            "method": method,
            "target": target,
            "headers": headers,
            "length": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        self.requests.append(seen)
        if target == "/die":
            return False
        if target == "/slow":
            await self.gate.wait()
        await self._answer(writer, method, target, seen)
        return target != "/end"

    async def _read_body(self, reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return await reader.readexactly(int(headers.get("content-length", 0)))
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return body

    async def _answer(
        self, writer: asyncio.StreamWriter, method: str, target: str, seen: dict[str, Any]
    ) -> None:
        _, kind, *rest = target.split("/")
        if kind == "chunked":
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for number in range(int(rest[0])):
                writer.write(b"3\r\n%03d\r\n" % number)
            writer.write(b"0\r\n\r\n")
        else:
            body = b"x" * int(rest[0]) if kind == "size" else msgspec.json.encode(seen)
            status = 404 if kind == "live" else 200
            head = f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + (b"" if method == "HEAD" else body))
        await writer.drain()
