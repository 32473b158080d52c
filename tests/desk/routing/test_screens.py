"""Operators set up queues and people; everybody else finds no such page."""

from __future__ import annotations

import msgspec
import pytest
from django.test import Client

from bitp.desk.routing.models import Queue, QueueMember, Seat
from bitp.desk.routing.queues import main_queue
from bitp.desk.routing.setting_up import QUEUES_MAX
from bitp.desk.staff.models import Member
from bitp.events.models import Event
from bitp.identity.models import User
from tests.desk.routing.at_work import ready, waits
from tests.identity.signing_in import PAGE, sign_in_staff
from tests.people import make_member

pytestmark = pytest.mark.django_db

QUEUES = "/console/queues/"
MONEY = {
    "key": "money",
    "name_en": "Deposits",
    "name_zh": "充值",
    "topics": ["deposit", "withdrawal"],
    "languages": ["en"],
    "place": "10",
    "assigns": "on",
    "raised_after_minutes": "7",
    "hours": "Mon-Fri 09:00-12:00, Mon-Fri 13:00-18:00",
    "zone": "America/New_York",
    "holidays": "US",
    "closed_days": "2026-12-24\n2027-02-05",
}


@pytest.fixture
def erin() -> Member:
    return make_member("Erin", "operator")


@pytest.fixture
def office(client: Client, erin: Member) -> Client:
    """Erin's browser, signed in and just proved."""
    return sign_in_staff(client, erin)


def recorded(kind: str = "routing.queue_changed") -> list[dict[str, dict[str, object]]]:
    rows = Event.objects.filter(kind=kind).order_by("pk")
    return [msgspec.json.decode(row.data) for row in rows]


def shown(client: Client, path: str = "") -> str:
    page = client.get(QUEUES + path, **PAGE)
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_queues_and_people_as_they_stand_now(office: Client) -> None:
    main_queue()
    ready("Carol", capacity=3, languages="en")
    waits()
    page = shown(office)
    assert "Everything" in page
    assert "1 waits" in page
    assert "Carol" in page
    assert "0 of 3" in page
    assert "within its hours" in page


def test_a_new_queue_is_recorded_with_everything_it_says(office: Client) -> None:
    carol = make_member("Carol")
    answer = office.post(QUEUES + "new", {**MONEY, f"rank_{carol.pk}": "2"}, **PAGE)
    assert answer.status_code == 302
    queue = Queue.objects.get(key="money")
    assert (queue.topics, queue.languages, queue.assigns) == ("deposit withdrawal", "en", True)
    assert queue.closed_days == "2026-12-24 2027-02-05"
    assert QueueMember.objects.get().rank == 2
    (fact,) = recorded()
    assert fact["before"] == {}
    assert fact["after"]["members"] == {str(carol.pk): 2}


def test_a_change_is_recorded_with_before_and_after_and_only_what_differs(
    office: Client, erin: Member
) -> None:
    office.post(QUEUES + "new", MONEY, **PAGE)
    office.post(QUEUES + "money/", {**MONEY, "raised_after_minutes": "20"}, **PAGE)
    office.post(QUEUES + "money/", {**MONEY, "raised_after_minutes": "20"}, **PAGE)
    assert recorded()[1:] == [
        {
            "queue": "money",
            "before": {"raised_after_minutes": 7},
            "after": {"raised_after_minutes": 20},
        }
    ]
    assert Event.objects.filter(kind="routing.queue_changed").latest("pk").actor == str(erin.pk)


def test_a_queue_is_closed_and_opened_again_but_never_the_main_one(office: Client) -> None:
    main_queue()
    office.post(QUEUES + "new", MONEY, **PAGE)
    office.post(QUEUES + "money/close", **PAGE)
    assert Queue.objects.get(key="money").closed_us > 0
    assert "takes in nothing new" in shown(office)
    office.post(QUEUES + "money/open", **PAGE)
    assert Queue.objects.get(key="money").closed_us == 0
    office.post(QUEUES + "main/close", **PAGE)
    assert Queue.objects.get(key="main").closed_us == 0
    topics = {**MONEY, "topics": ["deposit"]}
    assert office.post(QUEUES + "main/", topics, **PAGE).status_code == 400
    assert Queue.objects.get(key="main").topics == ""
    assert [fact["after"] for fact in recorded()[1:]] == [{"closed": True}, {"closed": False}]


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("key", "new"),
        ("key", "a key"),
        ("name_en", ""),
        ("hours", "9 to 5"),
        ("zone", "Moon/Base"),
        ("holidays", "XX"),
        ("closed_days", "Christmas"),
        ("place", "0"),
        ("raised_after_minutes", "-1"),
        ("topics", "weather"),
    ],
)
def test_what_cannot_be_understood_is_said_and_changes_nothing(
    office: Client, field: str, text: str
) -> None:
    before = Queue.objects.count()
    answer = office.post(QUEUES + "new", {**MONEY, field: text}, **PAGE)
    assert answer.status_code == 400
    assert "field-error" in answer.content.decode()
    assert Queue.objects.count() == before
    assert recorded() == []


def test_a_key_is_given_once_and_there_is_an_end_to_queues(office: Client) -> None:
    office.post(QUEUES + "new", MONEY, **PAGE)
    assert office.post(QUEUES + "new", MONEY, **PAGE).status_code == 400
    missing = QUEUES_MAX - Queue.objects.count()
    Queue.objects.bulk_create(
        [Queue(key=f"q{n}", name_en="q", name_zh="q") for n in range(missing)]
    )
    assert office.post(QUEUES + "new", {**MONEY, "key": "one-more"}, **PAGE).status_code == 400
    assert not Queue.objects.filter(key="one-more").exists()


def test_a_persons_chats_are_changed_and_recorded(office: Client) -> None:
    carol = make_member("Carol")
    path = f"people/{carol.pk}/"
    assert 'value="5"' in shown(office, path)
    office.post(QUEUES + path, {"capacity": "8", "languages": ["zh-hans"]}, **PAGE)
    seat = Seat.objects.get()
    assert (seat.capacity, seat.languages) == (8, "zh-hans")
    assert recorded("routing.seat_changed") == [
        {
            "member": carol.pk,
            "before": {"capacity": 5, "languages": ""},
            "after": {"capacity": 8, "languages": "zh-hans"},
        }
    ]
    assert office.post(QUEUES + path, {"capacity": "51"}, **PAGE).status_code == 400
    assert Seat.objects.get().capacity == 8


def test_names_are_shown_as_text(office: Client) -> None:
    make_member("<script>alert(1)</script>")
    Queue.objects.create(key="x", name_en="<script>alert(2)</script>", name_zh="x")
    assert "<script>alert" not in shown(office)
    assert "<script>alert" not in shown(office, "x/")


def test_the_page_is_chinese_for_who_reads_chinese(office: Client, erin: Member) -> None:
    main_queue()
    User.objects.filter(pk=erin.user_id).update(language="zh-hans")
    office.cookies["bitp_language"] = "zh-hans"
    assert "全部咨询" in shown(office)


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_for_everybody_else_there_is_no_such_page(client: Client, role: str) -> None:
    main_queue()
    dave = sign_in_staff(client, make_member("Dave", role))
    carol = make_member("Carol")
    for path in ("", "new", "main/", f"people/{carol.pk}/"):
        assert dave.get(QUEUES + path, **PAGE).status_code == 404
    for path in ("new", "main/", "main/close", "main/open", f"people/{carol.pk}/"):
        assert dave.post(QUEUES + path, {**MONEY, "capacity": "9"}, **PAGE).status_code == 404
    assert list(Queue.objects.values_list("key", flat=True)) == ["main"]
    assert not Seat.objects.exists()
    assert recorded() == []
