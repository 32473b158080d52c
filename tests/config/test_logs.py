"""What the processes write down about their work, and what they never write down."""

from __future__ import annotations

import io
import json
import logging
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from bitp.config.logs import HEADER, JSON, TEXT, JsonLines, Lines, RequestLog, settings_for
from bitp.lib.request_id import current_request_id

CANARY = "canary-4711"


class Written:
    """A handler that keeps what would stand on the error output."""

    def __init__(self, formatter: logging.Formatter) -> None:
        self.output = io.StringIO()
        self.handler = logging.StreamHandler(self.output)
        self.handler.setFormatter(formatter)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.output.getvalue().splitlines()]


@pytest.fixture
def written() -> Any:
    kept = Written(JsonLines())
    logger = logging.getLogger("bitp.request")
    logger.addHandler(kept.handler)
    before = logger.level
    logger.setLevel(logging.INFO)
    yield kept
    logger.removeHandler(kept.handler)
    logger.setLevel(before)


@pytest.mark.django_db
def test_a_request_is_one_object_with_its_route_and_id_but_not_its_path(written: Written) -> None:
    answer = Client().get(f"/console/join/{CANARY}?q={CANARY}", headers={"accept": "text/html"})
    (line,) = written.lines()
    assert line["route"] == "console/join/<str:token>"
    assert (line["method"], line["status"], line["level"]) == ("GET", answer.status_code, "info")
    assert line["request"] == answer[HEADER]
    assert line["ms"] > 0
    assert CANARY not in written.output.getvalue()
    assert current_request_id() == ""


@pytest.mark.django_db
def test_every_request_has_an_id_of_its_own_and_believes_nobody_elses() -> None:
    sent = {HEADER: CANARY}
    first, second = (Client().get("/healthz", headers=sent)[HEADER] for _ in range(2))
    assert len({first, second, CANARY}) == 3


def test_an_id_ends_with_its_request_even_when_that_fails() -> None:
    def fail(_request: HttpRequest) -> HttpResponse:
        assert current_request_id()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestLog(fail)(RequestFactory().get("/"))
    assert current_request_id() == ""


@pytest.mark.parametrize("formatter", [JsonLines(), Lines()], ids=["json", "text"])
def test_of_an_exception_the_place_is_written_and_never_its_text(
    formatter: logging.Formatter,
) -> None:
    kept = Written(formatter)
    logger = logging.getLogger("bitp.tests.exception")
    logger.handlers, logger.propagate = [kept.handler], False
    try:
        int(CANARY)
    except ValueError:
        logger.exception("it failed")
    said = kept.output.getvalue()
    assert "ValueError" in said
    assert "test_logs.py" in said
    assert CANARY not in said


def test_a_servers_error_names_the_route_and_not_the_path() -> None:
    kept = Written(Lines("%(message)s"))
    for each in settings_for(TEXT)["filters"].values():
        kept.handler.addFilter(each["()"]())
    logger = logging.getLogger("django.request.tests")
    logger.handlers, logger.propagate = [kept.handler], False
    request = RequestFactory().get(f"/console/join/{CANARY}")
    logger.error("%s: %s", "Internal Server Error", request.path, extra={"request": request})
    assert kept.output.getvalue() == "Internal Server Error at ?\n"


def test_requests_are_written_only_where_it_was_asked_for() -> None:
    assert settings_for(JSON)["loggers"]["bitp.request"]["level"] == "INFO"
    assert settings_for(TEXT)["loggers"]["bitp.request"]["level"] == "WARNING"
