"""/support: who is here, how long it takes, and every way in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.utils import translation

from bitp.desk.routing.queries import Availability
from bitp.desk.staff.models import Member
from bitp.site.desk import describe
from bitp.site.ways_in import CHANNELS, ways_in

CONNECTED = {
    "email": "support@bitp.example",
    "phone": "+86 400 000 0000",
    "x": "@BitP_Support",
    "facebook": "bitp.support",
    "telegram": "BitP_Support",
    "whatsapp": "+44 20 7946 0000",
}
LINKS = [
    "mailto:support@bitp.example",
    "tel:+864000000000",
    "https://x.com/BitP_Support",
    "https://www.facebook.com/bitp.support",
    "https://t.me/BitP_Support",
    "https://wa.me/442079460000",
]


def now(agents: tuple[str, ...] = (), waiting: int = 0, minutes: int | None = None) -> Availability:
    return Availability(agents, waiting, minutes, None)


def test_every_connected_channel_has_its_link() -> None:
    assert [way.link for way in ways_in(CONNECTED)] == LINKS


def test_a_channel_not_connected_says_so_and_has_no_link() -> None:
    for way in ways_in({}):
        assert not way.is_connected
        assert (way.address, way.link) == ("", "")


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "not an address"),
        ("email", "a@b\r\nBcc: x@y.z"),
        ("phone", "call us"),
        ("x", "https://evil.example/x"),
        ("telegram", "../../evil"),
        ("whatsapp", "javascript:alert(1)"),
    ],
)
def test_a_malformed_address_is_never_linked_and_is_found_by_the_check(
    kind: str, address: str, settings: object
) -> None:
    settings.BITP_SUPPORT_CHANNELS = {**CONNECTED, kind: address}  # type: ignore[attr-defined]
    assert [way.channel.kind for way in ways_in() if not way.is_connected] == [kind]
    found = [each for each in run_checks() if each.id == "site.E001"]
    assert len(found) == 1
    assert f"BITP_SUPPORT_{kind.upper()}" in found[0].msg


@pytest.mark.django_db
@pytest.mark.parametrize("missing", [channel.kind for channel in CHANNELS])
def test_the_page_links_what_is_connected_and_nothing_else(
    missing: str, settings: object, english: Client
) -> None:
    settings.BITP_SUPPORT_CHANNELS = {**CONNECTED, missing: ""}  # type: ignore[attr-defined]
    page = english.get("/support").content.decode()
    for channel, link in zip(CHANNELS, LINKS, strict=True):
        assert (f'href="{link}"' in page) is (channel.kind != missing)
    assert page.count("way way-closed") == 1
    assert page.count(">Not connected here<") == 1


@pytest.mark.django_db
def test_who_is_here_is_named_and_their_absence_too(english: Client, carol: Member) -> None:
    assert "Here now: Carol" in english.get("/support").content.decode()
    carol.state = "away"
    carol.save()
    page = english.get("/support").content.decode()
    assert "Carol" not in page
    assert "Nobody is at the desk right now" in page


@pytest.mark.parametrize(
    ("availability", "sentence"),
    [
        (now(("Carol",)), "Nobody is waiting. Someone can answer you now."),
        (now(("Carol",), 0, 2), "Nobody is waiting. About 2 minutes."),
        (now(("Carol",), 1, 1), "1 person is waiting. About 1 minute."),
        (now(("Carol",), 7, 12), "7 people are waiting. About 12 minutes."),
        (now(("Carol",), 7), "7 people are waiting. We cannot say yet how long it takes."),
        (now((), 7, 12), ""),
    ],
)
def test_the_wait_is_said_as_it_is_known(availability: Availability, sentence: str) -> None:
    with translation.override("en"):
        assert describe(availability).wait == sentence


def test_an_opening_time_is_said_only_when_nobody_is_here() -> None:
    opens_at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert describe(Availability((), 0, None, opens_at)).opens_at == opens_at
    assert describe(Availability(("Carol",), 0, None, opens_at)).opens_at is None


@pytest.mark.django_db
def test_a_hostile_first_name_is_only_text(english: Client, carol: Member) -> None:
    carol.alias = "<b>\u202eCarol"
    carol.save()
    page = english.get("/").content.decode()
    assert "<b>\u202e" not in page
    assert "&lt;b&gt;" in page
