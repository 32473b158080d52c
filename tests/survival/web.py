"""A browser's requests: cookies, forms, JSON."""

from __future__ import annotations

import asyncio
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import CookieJar
from typing import Any

from tests.survival.client import NoAnswer

TIMEOUT_S = 30.0
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
# What the gateway says while web is away; asking again later is the client's part.
AWAY = {502, 503, 504}


@dataclass(frozen=True, slots=True)
class Answer:
    """``url``: where redirects led."""

    status: int
    body: bytes
    url: str

    def json(self) -> Any:
        return json.loads(self.body)


class Browser:
    """One person's browser at one site. ``mishaps``: answers that nobody should ever get."""

    def __init__(self, port: int) -> None:
        self.origin = f"http://localhost:{port}"
        self.cookies = CookieJar()
        self.mishaps: list[str] = []
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def get(self, path: str, **headers: str) -> Answer:
        return self._ask(urllib.request.Request(self.origin + path, headers=headers))

    def post_json(self, path: str, content: object, **headers: str) -> Answer:
        headers = {"Content-Type": "application/json", "Origin": self.origin, **headers}
        data = json.dumps(content).encode()
        return self._ask(urllib.request.Request(self.origin + path, data, headers))

    def post_form(self, path: str, form_at: str, **fields: str) -> Answer:
        """Posts what the form on the page ``form_at`` would."""
        found = TOKEN.search(self.get(form_at, Accept="text/html").body.decode())
        assert found, f"no form at {form_at}"
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": found[1], **fields}).encode()
        headers = {"Origin": self.origin, "Accept": "text/html"}
        return self._ask(urllib.request.Request(self.origin + path, data, headers))

    def _ask(self, request: urllib.request.Request) -> Answer:
        """The answer whatever its status; raises NoAnswer when the connection broke."""
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                return Answer(answer.status, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            with error:
                return self._refused(Answer(error.code, error.read(), error.url or ""))
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error)) from error

    def _refused(self, answer: Answer) -> Answer:
        if answer.status in AWAY:
            raise NoAnswer(f"{answer.status}")
        if answer.status >= 500:
            self.mishaps.append(f"{answer.status} {answer.url}")
        return answer

    async def get_soon(self, path: str, **headers: str) -> Answer:
        """The same without blocking the loop."""
        return await asyncio.to_thread(self.get, path, **headers)

    async def post_json_soon(self, path: str, content: object, **headers: str) -> Answer:
        return await asyncio.to_thread(self.post_json, path, content, **headers)
