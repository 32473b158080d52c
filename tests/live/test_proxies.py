"""Whose address is believed."""

from __future__ import annotations

import pytest

from bitp.live.proxies import (
    believed_address,
    counted_as,
    find_address,
    is_loopback,
    parse_networks,
    proxy_line,
)

TRUSTED = parse_networks(["10.0.0.0/8", "fd00::/8", "192.0.2.1"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "believed"),
    [
        ("8.8.8.8", [], "8.8.8.8"),
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1, 10.0.0.9"], "1.1.1.1"),
        ("10.0.0.1", ["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["nonsense, 1.1.1.1:443"], "1.1.1.1"),
        ("fd00::1", ["[2001:db8::7]:443"], "2001:db8::7"),
        ("::ffff:10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("192.0.2.1", ["1.1.1.1"], "1.1.1.1"),
        ("192.0.2.2", ["1.1.1.1"], "192.0.2.2"),
        ("", ["1.1.1.1"], ""),
    ],
)
def test_the_nearest_untrusted_address_is_believed(
    peer: str, forwarded: list[str], believed: str
) -> None:
    assert believed_address(peer, forwarded, TRUSTED) == believed


def test_a_long_chain_is_believed_only_so_far() -> None:
    chain = ",".join(["6.6.6.6"] + ["10.0.0.1"] * 50)
    assert believed_address("10.0.0.1", [chain], TRUSTED) == "10.0.0.1"


def test_addresses_of_one_household_count_as_one() -> None:
    assert counted_as("2001:db8:1:2::1") == counted_as("2001:db8:1:2:ffff::9")
    assert counted_as("2001:db8:1:2::1") != counted_as("2001:db8:1:3::1")
    assert counted_as("9.9.9.9") == "9.9.9.9"
    assert counted_as("") == ""


def test_what_is_an_address() -> None:
    assert find_address("nonsense") is None
    assert str(find_address("fe80::1%eth0")) == "fe80::1"
    assert is_loopback("127.0.0.9")
    assert is_loopback("::1")
    assert is_loopback("::ffff:127.0.0.1")
    assert not is_loopback("8.8.8.8")
    assert not is_loopback("")


def test_bad_networks_are_not_taken() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        parse_networks(["nonsense"])
    assert parse_networks(["10.1.2.3/8"]) == parse_networks(["10.0.0.0/8"])


@pytest.mark.parametrize(
    ("peer", "own", "line"),
    [
        (("1.2.3.4", 5), ("10.0.0.1", 80), b"PROXY TCP4 1.2.3.4 10.0.0.1 5 80\r\n"),
        (("::1", 5, 0, 0), ("::1", 80, 0, 0), b"PROXY TCP6 ::1 ::1 5 80\r\n"),
        (
            ("::ffff:1.2.3.4", 5, 0, 0),
            ("::ffff:10.0.0.1", 80, 0, 0),
            b"PROXY TCP4 1.2.3.4 10.0.0.1 5 80\r\n",
        ),
        (None, ("10.0.0.1", 80), b"PROXY UNKNOWN\r\n"),
        (("1.2.3.4", 5), ("::1", 80, 0, 0), b"PROXY UNKNOWN\r\n"),
    ],
)
def test_the_line_for_web(peer: object, own: object, line: bytes) -> None:
    known = {"peername": peer, "sockname": own}

    class Connection:
        def get_extra_info(self, name: str) -> object:
            return known[name]

    assert proxy_line(Connection()) == line  # type: ignore[arg-type]
