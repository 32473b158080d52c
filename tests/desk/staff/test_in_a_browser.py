"""Signing in, joining, the lock and the people of the staff, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as current
from pytest_django import Settings

from bitp.desk.staff.changes import By, invite
from bitp.desk.staff.invitations import link_to
from bitp.desk.staff.models import Invitation, Member
from bitp.identity import one_time_code
from bitp.identity.models import Session, User
from bitp.identity.sessions import ACTIVE_US, SessionStore
from bitp.lib import clock
from tests.desk.staff.conftest import DESK, PHONE, Desk, aside
from tests.identity.signing_in import PASSWORD, give_authenticator, unused_code
from tests.people import make_customer, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
KEYS, ROSTER = "/console/keys/", "/console/staff/"
OpenDesk = Callable[..., Desk]


def join_link(email: str, role: str = "operator") -> str:
    return link_to(invite(email, role, By(), send=False)).removeprefix(current.ORIGIN)


@pytest.fixture
def link(origin: str) -> str:
    """Where Erin's invitation leads."""
    return aside(lambda: join_link("erin@staff.example.com"))


@pytest.fixture
def erin(open_desk: OpenDesk, link: str) -> Desk:
    """Erin at her desk: she joined with the passkey of her device."""
    return join(open_desk(), link)


def join(desk: Desk, link: str, name: str = "Erin Wu", alias: str = "Erin") -> Desk:
    page = desk.open(link)
    desk.give_passkey()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("First name for customers").fill(alias)
    page.get_by_role("button", name="Make a passkey and join").click()
    desk.is_at("/console/")
    return desk


def make_idle() -> None:
    """Nobody moved anything at any console for sixteen minutes."""
    for row in Session.objects.filter(side="staff", user__isnull=False):
        data = SessionStore(side="staff").decode(row.session_data)
        data[ACTIVE_US] = int(data[ACTIVE_US]) - 16 * 60 * 1_000_000
        row.session_data = SessionStore(side="staff").encode(data)
        row.save()


def test_erin_joins_signs_out_and_comes_back_with_her_passkey(erin: Desk) -> None:
    page = erin.open(KEYS)
    page.get_by_role("button", name="Sign out").click()
    erin.is_at("/console/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    erin.is_at("/console/")
    assert erin.open(KEYS).get_by_role("heading", name="My sign-in").is_visible()
    assert erin.refused == []


def test_the_page_she_wanted_opens_after_signing_in(erin: Desk) -> None:
    page = erin.open(KEYS)
    page.get_by_role("button", name="Sign out").click()
    erin.is_at("/console/sign-in")
    page = erin.open(ROSTER)
    page.get_by_role("button", name="Sign in with a passkey").click()
    erin.is_at(ROSTER)


def test_erin_invites_frank_who_joins_on_another_device(erin: Desk, open_desk: OpenDesk) -> None:
    page = erin.open(ROSTER)
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("E-mail address").fill("frank@staff.example.com")
    page.get_by_label("Role").select_option("agent")
    page.get_by_role("button", name="Send the invitation").click()
    page.get_by_text("The invitation is on its way.").wait_for()
    link = aside(lambda: link_to(Invitation.objects.latest("pk"))).removeprefix(erin.origin)
    frank = join(open_desk(), link, "Frank Li", "Frank")
    frank.open(ROSTER).get_by_text("There is nothing at this address").wait_for()
    assert erin.open(ROSTER).get_by_text("frank@staff.example.com").is_visible()


def test_a_person_shut_out_sees_the_sign_in_at_the_next_click(
    erin: Desk, open_desk: OpenDesk
) -> None:
    link = aside(lambda: join_link("frank@staff.example.com", "agent"))
    frank = join(open_desk(), link, "Frank Li", "Frank")
    page = erin.open(ROSTER)
    page.get_by_role("link", name="Frank Li").click()
    page.get_by_text("Shut this person out").click()
    page.get_by_role("button", name="Yes, shut them out now").click()
    page.get_by_text("They are signed out everywhere").wait_for()
    frank.open(KEYS)
    frank.is_at("/console/sign-in?next=%2Fconsole%2Fkeys%2F")
    frank.page.get_by_role("button", name="Sign in with a passkey").click()
    frank.page.get_by_text("That did not work.").wait_for()


def test_the_lock_opens_with_the_passkey_and_leads_back(erin: Desk) -> None:
    erin.open(KEYS)
    aside(make_idle)
    page = erin.open(ROSTER + "?q=erin")
    assert page.get_by_role("heading", name="The console is locked").is_visible()
    page.get_by_role("button", name="Go on with a passkey").click()
    erin.is_at(ROSTER + "?q=erin")


def test_a_page_left_alone_locks_itself(erin: Desk, settings: Settings) -> None:
    settings.STAFF_IDLE_S = 2
    page = erin.open(KEYS)
    page.get_by_role("heading", name="The console is locked").wait_for(timeout=20_000)
    assert page.url.endswith("/console/locked?next=%2Fconsole%2Fkeys%2F")


def test_a_wrong_finger_is_told_calmly_and_may_try_again(open_desk: OpenDesk) -> None:
    desk = open_desk()
    page = desk.open("/console/sign-in")
    desk.give_passkey(verifies=False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not used.").wait_for()
    assert page.get_by_role("button", name="Sign in with a passkey").is_enabled()


def test_a_missing_name_is_said_at_its_field(open_desk: OpenDesk, link: str) -> None:
    desk = open_desk()
    page = desk.open(link)
    desk.give_passkey()
    page.locator("form.passkey").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Make a passkey and join").click()
    page.locator("#id_name_error").wait_for()
    assert page.get_by_label("Your name").get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "id_name"


def test_a_second_passkey_can_be_added_and_the_first_removed(erin: Desk) -> None:
    page = erin.open(KEYS)
    # The device in which the first lives refuses a second one: this is another device.
    erin.give_passkey(transport="usb")
    page.get_by_label("Name of the passkey").fill("blue key")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("The passkey was added.").wait_for()
    page.get_by_role("button", name="Remove Passkey 1").click()
    page.get_by_text("It does not sign you in any more.").wait_for()
    assert page.get_by_role("button", name="Remove").count() == 0


def test_joining_and_signing_in_with_an_authenticator(
    open_desk: OpenDesk, link: str, settings: Settings
) -> None:
    settings.STAFF_AUTHENTICATOR = True
    desk = open_desk()
    page = desk.open(link)
    page.get_by_label("Your name").fill("Erin Wu")
    page.get_by_label("First name for customers").fill("Erin")
    page.get_by_text("Use an authenticator app instead").click()
    secret = page.locator(".letters").inner_text().replace(" ", "")
    step = int(clock.now_us() // 30_000_000)
    page.get_by_label("Code from your authenticator").fill(one_time_code.code_at(secret, step))
    page.keyboard.press("Enter")
    desk.is_at("/console/")
    desk.open(KEYS).get_by_role("button", name="Sign out").click()
    desk.is_at("/console/sign-in")
    page.get_by_label("E-mail address").fill("erin@staff.example.com")
    code = aside(lambda: unused_code(Authenticator.objects.get()))
    page.get_by_label("Code from your authenticator").fill(code)
    page.get_by_role("button", name="Sign in with a code").click()
    desk.is_at("/console/")
    assert desk.refused == []


def check_page(desk: Desk, path: str, also: Callable[[], Any] | None = None) -> None:
    """Usable by everyone, nothing sideways, nothing refused by the policy."""
    page = desk.open(path)
    if also is not None:
        also()
    found = Axe().run(page, options=STANDARD)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert desk.refused == [], path


@pytest.mark.parametrize("looks", [DESK, PHONE], ids=["desk en light", "phone zh dark"])
class TestEveryPageIsForEveryone:
    def test_before_signing_in(
        self, looks: dict[str, Any], open_desk: OpenDesk, link: str, settings: Settings
    ) -> None:
        settings.STAFF_AUTHENTICATOR = True
        desk = open_desk(looks)
        check_page(desk, "/console/sign-in")
        check_page(desk, "/console/join/nothing")
        check_page(desk, link, lambda: desk.page.locator(".other-way summary").click())

    def test_as_an_operator(
        self, looks: dict[str, Any], link: str, open_desk: OpenDesk, settings: Settings
    ) -> None:
        settings.STAFF_AUTHENTICATOR = True
        aside(_a_team)
        desk = open_desk(looks)
        page = desk.open(link)
        desk.give_passkey()
        page.locator("#id_name").fill("Erin Wu")
        page.locator("#id_alias").fill("Erin")
        page.locator("button[value=passkey]").click()
        desk.is_at("/console/")
        someone = aside(lambda: Member.objects.filter(role="agent").latest("pk").pk)
        for path in (ROSTER, ROSTER + "?q=zebra", f"{ROSTER}invite", f"{ROSTER}{someone}/", KEYS):
            check_page(desk, path)
        check_page(desk, "/console/locked")
        aside(make_idle)
        check_page(desk, KEYS)

    def test_as_a_customer(self, looks: dict[str, Any], open_desk: OpenDesk, alice: User) -> None:
        desk = open_desk(looks)
        check_page(desk, "/account/signup/")
        check_page(desk, "/account/inactive/")
        page = desk.open("/account/login/")
        page.locator("#id_login").fill(alice.email)
        page.locator("#id_password").fill(PASSWORD)
        page.locator("form[novalidate] button[type=submit]").click()
        desk.is_at("/account/code/")
        check_page(desk, "/account/code/")
        code = aside(lambda: unused_code(Authenticator.objects.get(user=alice)))
        page.locator("#id_code").fill(code)
        page.keyboard.press("Enter")
        desk.is_at("/")
        for path in ("/account/logout/", "/account/reauthenticate/", "/account/code/again/"):
            check_page(desk, path)


@pytest.fixture
def alice(origin: str) -> User:
    """A customer with a password and an authenticator."""
    return aside(_alice)


def _alice() -> User:
    user = User.objects.get(pk=int(make_customer("Alice").customer))
    user.set_password(PASSWORD)
    user.save()
    give_authenticator(user)
    return user


def _a_team() -> None:
    for number in range(30):
        make_member(f"Agent{number:02}")
    gone = make_member("A-name-as-long-as-any-that-may-be-chosen")
    gone.user.is_active = False
    gone.user.save()
    give_authenticator(make_member("张伟").user)
    invite("frank@staff.example.com", "agent", By())
