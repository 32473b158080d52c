"""Operators look after webhooks at /console/webhooks/."""

from __future__ import annotations

import pytest
from django.test import Client

from bitp.desk.staff.changes import By
from bitp.desk.webhooks import changes
from bitp.desk.webhooks.models import DELIVERED, FAILED, Delivery, Webhook
from bitp.events.models import Event
from bitp.identity.sessions import PROVED_US
from tests.desk.webhooks.conftest import work
from tests.desk.webhooks.receiver import Receiver
from tests.identity.signing_in import age
from tests.people import make_customer, make_member, say
from tests.signing_in import client_of

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = {"accept": "text/html"}
WEBHOOKS = "/console/webhooks/"


@pytest.fixture
def office(by: By) -> Client:
    """Erin's browser, signed in."""
    return client_of(by.member)


def text(client: Client, path: str) -> str:
    page = client.get(path, headers=PAGE)
    assert page.status_code == 200
    return page.content.decode()


def test_the_empty_list_says_what_would_be_here(office: Client) -> None:
    page = text(office, WEBHOOKS)
    assert "No program is told anything yet" in page
    assert 'aria-current="page">Webhooks</a>' in page


def test_a_secret_is_shown_once_and_never_stored_in_clear(
    office: Client, receiver: Receiver
) -> None:
    page = office.post(
        WEBHOOKS + "add", {"url": receiver.url, "kinds": ["message.posted"]}, headers=PAGE
    )
    made = Webhook.objects.get()
    (secret,) = changes.secrets_of(made)
    assert secret in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert secret not in made.secret
    assert secret not in text(office, f"{WEBHOOKS}{made.pk}/")
    assert not Event.objects.filter(data__contains=secret).exists()


@pytest.mark.parametrize(
    "url", ["", "http://example.com/", "https://127.0.0.1/", "https://no-such-host.invalid/"]
)
def test_a_wrong_address_is_said_at_its_field_and_nothing_is_added(
    office: Client, url: str
) -> None:
    page = office.post(WEBHOOKS + "add", {"url": url}, headers=PAGE)
    assert 'id="id_url_error"' in page.content.decode()
    assert not Webhook.objects.exists()


def test_the_log_shows_answers_and_sends_again(
    office: Client, webhook: Webhook, receiver: Receiver
) -> None:
    receiver.answer = lambda _heard: 503
    reference = say(make_customer("Alice"), "one").reference
    work()
    page = f"{WEBHOOKS}{webhook.pk}/"
    assert "503 not taken" in text(office, page)
    assert reference in text(office, page + "?state=waiting")
    assert "Nothing here" in text(office, page + "?state=failed")
    Delivery.objects.update(state=FAILED)
    receiver.answer = lambda _heard: 200
    assert office.post(page + "again", headers=PAGE).status_code == 302
    work()
    assert set(Delivery.objects.values_list("state", flat=True)) == {DELIVERED}


def test_pausing_resuming_changing_and_removing_are_recorded(
    office: Client, webhook: Webhook, receiver: Receiver
) -> None:
    page = f"{WEBHOOKS}{webhook.pk}/"
    for path in ("pause", "resume", "test", "secret"):
        assert office.post(page + path, headers=PAGE).status_code in {200, 302}
    changed = {"url": receiver.url + "&more", "kinds": ["contact.created"]}
    office.post(page + "change", changed, headers=PAGE)
    assert "&amp;more" in text(office, page)
    office.post(page + "remove", headers=PAGE)
    assert office.get(page, headers=PAGE).status_code == 404
    kinds = Event.objects.filter(kind__startswith="webhook.").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "webhook.added",
        "webhook.paused",
        "webhook.resumed",
        "webhook.tested",
        "webhook.secret_changed",
        "webhook.changed",
        "webhook.removed",
    ]
    assert {event.actor_kind for event in kinds} == {"staff"}


def test_the_list_says_what_is_wrong(office: Client, webhook: Webhook) -> None:
    Webhook.objects.update(failing_since_us=webhook.created_us)
    assert "nothing taken since" in text(office, WEBHOOKS)
    Webhook.objects.update(paused_us=1, paused_why="gone")
    assert "paused: the receiver is gone" in text(office, WEBHOOKS)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_for_everybody_else_the_pages_do_not_exist(webhook: Webhook, role: str) -> None:
    client = client_of(make_member("Mallory", role))
    page = f"{WEBHOOKS}{webhook.pk}/"
    assert client.get(WEBHOOKS, headers=PAGE).status_code == 404
    assert client.get(page, headers=PAGE).status_code == 404
    for path in ("remove", "pause", "secret", "change", "test", "again"):
        assert (
            client.post(page + path, {"url": "https://evil.example/"}, headers=PAGE).status_code
            == 404
        )
    unchanged = Webhook.objects.get()
    assert (unchanged.url, unchanged.paused_us, unchanged.secret) == (
        webhook.url,
        0,
        webhook.secret,
    )


def test_without_a_fresh_proof_nothing_changes(webhook: Webhook, by: By) -> None:
    client = client_of(by.member)
    age(client, PROVED_US, 3600)
    page = client.post(f"{WEBHOOKS}{webhook.pk}/remove", headers=PAGE)
    assert page.status_code == 302
    assert "/console/locked" in page["Location"]
    assert Webhook.objects.filter(pk=webhook.pk).exists()
