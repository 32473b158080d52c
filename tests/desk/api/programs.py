"""Programs that use the API, as tests drive them."""

from __future__ import annotations

import json
from typing import Any, cast

from django.http import HttpResponse
from django.test import Client

from bitp.desk.api.changes import Wish, create_token
from bitp.desk.api.models import ApiToken
from bitp.desk.api.scopes import SCOPES
from bitp.desk.staff.changes import By
from bitp.desk.staff.models import Member

ROOT = "/api/v1"


class Program:
    """Somebody's program with a token; without ``scopes``: with all of them."""

    def __init__(self, owner: Member, *scopes: str, days: int = 0) -> None:
        wish = Wish("A program", tuple(scopes or SCOPES), days)
        self.token, self.secret = create_token(wish, owner, By(owner))

    def ask(
        self, method: str, path: str, body: object = None, key: str = "", **headers: str
    ) -> HttpResponse:
        """One request; ``key``: its Idempotency-Key."""
        said = {"Authorization": f"Bearer {self.secret}", "Accept": "application/json", **headers}
        if key:
            said["Idempotency-Key"] = key
        content = b"" if body is None else json.dumps(body).encode()
        return cast(
            HttpResponse,
            Client().generic(method, ROOT + path, content, "application/json", headers=said),
        )

    def get(self, path: str) -> Any:
        """What a request that must succeed answers."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.content
        return json.loads(answer.content)

    def open(self, text: str = "My deposit is missing", key: str = "", **more: Any) -> Any:
        """A conversation with somebody that only the program knows."""
        body = {"contact": {"external_id": "alice", "name": "Alice"}, "text": text, **more}
        answer = self.ask("POST", "/conversations", body, key)
        assert answer.status_code == 201, answer.content
        return json.loads(answer.content)

    def again(self) -> ApiToken:
        """The token as it stands now."""
        return ApiToken.objects.get(pk=self.token.pk)
