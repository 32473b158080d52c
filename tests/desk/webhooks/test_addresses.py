"""Mallory registers addresses that lead inside; none of them is ever called."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from pytest_django import Settings

from bitp.desk.webhooks.addresses import is_public, read_url, resolve
from bitp.desk.webhooks.calling import call
from bitp.desk.webhooks.errors import BadAddress
from tests.desk.webhooks.receiver import receiving

INSIDE = [
    "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "192.0.2.1",
    "198.18.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_an_inner_address_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_of_the_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://example.com/", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.com/", "scheme"),
        ("//example.com/", "scheme"),
        ("https://", "address"),
        ("https://user:password@example.com/", "address"),
        ("https://@example.com/", "address"),
        ("https://example.com/#part", "address"),
        ("https://example.com:99999/", "address"),
        ("https://exa mple.com/", "address"),
        ("https://example.com/\r\nX-Evil: 1", "address"),
        ("https://例子.example/", "address"),
        ("https://[::1", "address"),
    ],
)
def test_what_is_no_plain_https_address_is_refused(url: str, code: str) -> None:
    with pytest.raises(BadAddress) as refused:
        read_url(url)
    assert refused.value.code == code
    assert refused.value.says


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"]
)
def test_every_way_to_write_this_machine_is_refused(host: str) -> None:
    with pytest.raises(BadAddress) as refused:
        resolve(read_url(f"https://{host}/"))
    assert refused.value.code in {"private", "unknown_host"}


def name_leads_to(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """The name server gives these answers, one after the other; returns who was asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_one_inner_address_among_public_ones_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    name_leads_to(monkeypatch, ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(BadAddress, match="private"):
        resolve(read_url("https://rebind.example/"))


def test_the_name_is_looked_up_once_and_that_address_is_called(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second lookup could lead inside: the address that was checked is the one called."""
    with receiving() as inside:
        port = int(inside.url.split(":")[2].partition("/")[0])
        settings.BITP_WEBHOOKS_PRIVATE = True
        asked = name_leads_to(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
        assert call(f"http://rebind.example:{port}/", {}, "{}").is_taken
        assert [each for each in asked if each == "rebind.example"] == ["rebind.example"]


def test_an_inner_receiver_hears_nothing() -> None:
    with receiving() as inside:
        answer = call(inside.url.replace("http://", "https://"), {}, "{}")
        assert (answer.status, answer.error) == (0, "private")
        assert call(inside.url, {}, "{}").error == "scheme"
        assert inside.heard == []
