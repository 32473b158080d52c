"""The operators' pages of queues in a real browser: for everyone, in both languages and looks."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client

from bitp.desk.routing.models import Queue, QueueMember, Seat
from bitp.desk.routing.queues import main_queue
from bitp.desk.staff.presence import set_presence
from tests.desk.routing.at_work import assigning, ready, waits
from tests.desk.staff.conftest import DESK, PHONE, Desk, aside
from tests.identity.signing_in import sign_in_staff
from tests.people import make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
QUEUES = "/console/queues/"
# Pictures of the pages are kept in this folder, if somebody names one.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")
OpenDesk = Callable[..., Desk]


def sign_in(desk: Desk, name: str = "Erin") -> None:
    """An operator's session in the window."""
    cookie = aside(lambda: sign_in_staff(Client(), make_member(name, "operator")).cookies)
    value = cookie[settings.STAFF_SESSION_COOKIE_NAME].value
    name = settings.STAFF_SESSION_COOKIE_NAME
    desk.page.context.add_cookies(
        [{"name": name, "value": value, "url": desk.origin + "/console/"}]
    )


def check(desk: Desk, path: str, name: str) -> None:
    page = desk.open(QUEUES + path)
    found = Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert desk.refused == [], path
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def a_desk_at_work() -> int:
    """Queues and people in every state; returns one of the people."""
    main_queue()
    carol = ready("Carol", capacity=3, languages="en")
    lin = ready("林")
    set_presence(lin.pk, "away")
    dave = make_member("Wolfeschlegelsteinhausenbergerdorff-Dave", "agent")
    Seat.objects.create(member=dave, capacity=12)
    money = Queue.objects.create(
        key="money",
        name_en="Deposits and withdrawals",
        name_zh="充值与提现",
        topics="deposit withdrawal",
        assigns=True,
        place=10,
        hours="Mon 09:00-09:01",
    )
    QueueMember.objects.create(queue=money, member=carol)
    Queue.objects.create(
        key="old", name_en="Old", name_zh="旧队列", languages="en", closed_us=1, place=20
    )
    waits(3, topic="deposit")
    return carol.pk


@pytest.mark.parametrize("looks", [DESK, PHONE], ids=["desk en light", "phone zh dark"])
def test_every_page_is_for_everyone(looks: dict[str, Any], open_desk: OpenDesk) -> None:
    desk = open_desk(looks)
    sign_in(desk)
    carol = aside(a_desk_at_work)
    look = "phone" if looks is PHONE else "desk"
    for path in ("", "new", "money/", "old/", "main/", f"people/{carol}/"):
        check(desk, path, f"queues-{path.replace('/', '-') or 'all'}-{look}")


def test_erin_makes_a_queue_with_its_hours_and_people_and_is_told_what_is_wrong(
    open_desk: OpenDesk,
) -> None:
    desk = open_desk()
    sign_in(desk)
    aside(assigning)
    carol = aside(lambda: ready("Carol").pk)
    page = desk.open(QUEUES)
    page.get_by_role("link", name="Add a queue").click()
    page.get_by_label("Key").fill("vip")
    page.get_by_label("Name in English").fill("Very important")
    page.get_by_label("Name in Chinese").fill("贵宾")
    page.get_by_label("Deposit").check()
    page.get_by_label("Working hours").fill("nine to five")
    page.get_by_label("Carol").select_option("1")
    page.get_by_role("button", name="Add").click()
    assert page.get_by_text("Hours must read like the example.").is_visible()
    assert page.get_by_label("Deposit").is_checked()
    assert page.get_by_label("Carol").input_value() == "1"
    page.get_by_label("Working hours").fill("Mon-Sun 00:00-24:00")
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(desk.origin + QUEUES)
    row = page.locator(".staff-row", has_text="Very important")
    assert "Deposit" in row.inner_text()
    assert "1 person answers" in row.inner_text()
    assert aside(lambda: QueueMember.objects.get().member_id) == carol
