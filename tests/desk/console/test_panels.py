"""The context pane: who is asking, in words; a panel that fails is alone with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.timezone import now

from bitp.desk.console import panels
from bitp.desk.console.panels import Panel, register, registered
from bitp.desk.contacts.models import Contact, Identity
from bitp.desk.conversations.models import About, Conversation
from bitp.desk.staff.models import Member
from tests.desk.console.conftest import Console
from tests.people import make_visitor, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A registry of this test's own."""
    monkeypatch.setattr(panels, "_panels", dict(panels._panels))


def test_a_signed_in_customer_is_said_to_be_one(carol: Console, waiting: str) -> None:
    asking = carol.panels(waiting)["asking"]
    assert asking["title"] == "Who is asking"
    assert "Signed in" in asking["html"]
    assert "Wrote from a browser that is signed in at BitP." in asking["html"]
    assert asking["html"].count("level-filled") == 2


def test_a_visitor_is_nobody_proven(carol: Console) -> None:
    reference = say(make_visitor(), "I am Alice, believe me").reference
    asking = carol.panels(reference)["asking"]
    assert "Nothing is proven" in asking["html"]
    assert "Tell nothing about an account." in asking["html"]
    assert "level-filled" not in asking["html"]


def test_the_level_is_that_of_the_latest_message(
    carol: Console, alice: Contact, waiting: str
) -> None:
    for _ in range(3):
        say(carol.member, "And then?", conversation=waiting)
    assert carol.panels(waiting)["asking"]["html"].count("level-filled") == 2


def test_identities_say_how_they_were_verified(
    carol: Console, alice: Contact, waiting: str
) -> None:
    Identity.objects.create(
        contact=alice, channel="chat", address="customer:7", verified_how="session"
    )
    Identity.objects.create(contact=alice, channel="email", address="alice@example.com")
    Identity.objects.create(
        contact=alice,
        channel="email",
        address="a@x.example",
        verified_how="mail",
        verified_at=now(),
    )
    html = carol.panels(waiting)["asking"]["html"]
    assert "customer:7" not in html
    assert "alice@example.com" in html
    assert "Not verified: anybody could have typed it" in html
    assert "Verified by a mail to this address" in html


def test_a_hostile_name_is_text(carol: Console) -> None:
    contact = make_visitor("\u202e<img src=x onerror=alert(1)>\u200b Mallory")
    reference = say(contact, "hi").reference
    html = carol.panels(reference)["asking"]["html"]
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; Mallory" in html
    assert "\u202e" not in html


def test_past_conversations_are_named_and_the_open_one_is_not(
    carol: Console, alice: Contact, waiting: str
) -> None:
    assert "This is the first one." in carol.panels(waiting)["past"]["html"]
    other = say(alice, "About an order", thread="other").reference
    html = carol.panels(waiting)["past"]["html"]
    assert f'data-conversation="{other}"' in html
    assert waiting not in html


def test_what_it_is_about_is_shown_only_if_there_is_something(carol: Console, waiting: str) -> None:
    assert "about" not in carol.panels(waiting)
    conversation = Conversation.objects.get(reference=waiting)
    About.objects.create(conversation=conversation, kind="order", subject="<b>O-1</b>")
    assert "&lt;b&gt;O-1&lt;/b&gt;" in carol.panels(waiting)["about"]["html"]


def test_a_panel_that_fails_says_so_and_leaves_the_others(
    carol: Console, waiting: str, registry: None, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(member: Member, conversation: Conversation) -> dict[str, Any]:
        raise RuntimeError(conversation.reference)

    register(Panel("broken", "Broken", "console/panels/past.html", fail, place=5))
    drawn = carol.panels(waiting)
    assert next(iter(drawn)) == "broken"
    assert drawn["broken"]["failed"] is True
    assert "could not be loaded" in drawn["broken"]["html"]
    assert "Signed in" in drawn["asking"]["html"]
    assert "the panel broken failed" in caplog.text


def test_panels_come_in_their_order_and_each_once(registry: None) -> None:
    assert [panel.key for panel in registered()] == ["asking", "about", "past"]
    again = registered()[0]
    with pytest.raises(AssertionError, match="already there"):
        register(again)
