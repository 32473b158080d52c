"""Whose address a request comes from: a proxy of ours is believed, nobody else."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from bitp.identity.middleware import ClientAddress


def seen(peer: str, forwarded: str = "", protocol: str = "") -> tuple[str, str]:
    """The address and scheme that the rest of the system sees."""
    noted: list[tuple[str, str]] = []

    def note(request: HttpRequest) -> HttpResponse:
        assert "HTTP_X_FORWARDED_FOR" not in request.META
        noted.append((request.META["REMOTE_ADDR"], request.scheme or ""))
        return HttpResponse()

    named = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": protocol}
    headers = {name: value for name, value in named.items() if value}
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
    ClientAddress(note)(request)
    return noted[0]


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", " fd00::/8"]


def test_a_strangers_header_is_not_believed() -> None:
    assert seen("203.0.113.7", "198.51.100.1", "https") == ("203.0.113.7", "http")


def test_our_proxys_header_is_believed() -> None:
    assert seen("10.0.0.1", "203.0.113.7", "https") == ("203.0.113.7", "https")


def test_what_the_client_wrote_itself_stands_left_and_is_ignored() -> None:
    assert seen("10.0.0.1", "127.0.0.1, 203.0.113.7")[0] == "203.0.113.7"


def test_a_chain_of_our_proxies_is_walked_back() -> None:
    assert seen("10.0.0.1", "1.1.1.1, 203.0.113.7, 10.9.9.9, 10.0.0.2")[0] == "203.0.113.7"


def test_a_chain_of_only_ours_ends_at_the_first() -> None:
    assert seen("10.0.0.1", "10.0.0.3, 10.0.0.2")[0] == "10.0.0.3"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
    ],
)
def test_addresses_as_proxies_write_them(written: str, address: str) -> None:
    assert seen("fd00::1", written)[0] == address


@pytest.mark.parametrize("odd", ["unknown", "", "x" * 10_000, "1.2.3.4.5", ",,,", "<script>"])
def test_what_is_no_address_leaves_the_proxys_own(odd: str) -> None:
    assert seen("10.0.0.1", odd)[0] == "10.0.0.1"


def test_an_address_left_of_nonsense_is_not_believed() -> None:
    assert seen("10.0.0.1", "203.0.113.7, nonsense, 10.0.0.2")[0] == "10.0.0.2"


def test_a_long_chain_is_cut() -> None:
    chain = ", ".join(["203.0.113.7"] + ["10.0.0.2"] * 1000)
    assert seen("10.0.0.1", chain)[0] == "10.0.0.2"


@pytest.mark.parametrize(("said", "scheme"), [("http, https", "https"), ("gopher", "http")])
def test_only_the_last_known_protocol_counts(said: str, scheme: str) -> None:
    assert seen("10.0.0.1", "203.0.113.7", said)[1] == scheme


def test_a_peer_without_an_address_is_nobodys_proxy() -> None:
    assert seen("", "203.0.113.7", "https") == ("", "http")
