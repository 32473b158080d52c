"""Calls to receivers of every kind: each ends, in time, with an answer that says what happened."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from bitp.desk.webhooks import calling
from bitp.desk.webhooks.calling import call
from tests.desk.webhooks.receiver import Receiver, receiving


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.BITP_WEBHOOKS_PRIVATE = True
    with receiving() as started:
        yield started


def test_what_is_taken_is_taken_with_path_and_query(receiver: Receiver) -> None:
    answer = call(receiver.url, {"webhook-id": "msg_1"}, '{"a":"充值"}')
    assert (answer.status, answer.error) == (204, "")
    (heard,) = receiver.heard
    assert heard.path == "/in?from=bitp"
    assert heard.body == '{"a":"充值"}'
    assert heard.headers["webhook-id"] == "msg_1"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["host"] == receiver.url.split("/")[2]


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_everything_but_2xx_is_not_taken(receiver: Receiver, status: int) -> None:
    receiver.answer = lambda _heard: status
    assert call(receiver.url, {}, "{}")[:2] == (status, "status")


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.answer = lambda _heard: 307
        receiver.location = elsewhere.url
        assert call(receiver.url, {}, "{}")[:2] == (307, "redirect")
        assert elsewhere.heard == []


def test_a_receiver_that_drips_is_cut_off(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "WHOLE_S", 0.5)
    receiver.drips = True
    began = time.monotonic()
    assert call(receiver.url, {}, "{}").error == "timeout"
    assert time.monotonic() - began < 5


def test_nobody_there_and_nobody_speaking(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "WHOLE_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert call(f"http://127.0.0.1:{port}/", {}, "{}").error == "timeout"
    assert call(f"http://127.0.0.1:{port}/", {}, "{}").error == "refused"


def test_without_a_good_certificate_nothing_is_said(receiver: Receiver) -> None:
    answer = call(receiver.url.replace("http://", "https://"), {}, "{}")
    assert (answer.status, answer.error) == (0, "tls")
    assert receiver.heard == []
