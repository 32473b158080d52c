"""Operators look after the people of the staff at /console/staff/."""

from __future__ import annotations

import threading

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

import bitp.desk.staff.jobs  # noqa: F401 - the worker finds it by itself
from bitp.desk.staff import changes
from bitp.desk.staff.changes import By
from bitp.desk.staff.errors import LastOperator
from bitp.desk.staff.invitations import link_to
from bitp.desk.staff.models import Invitation, Member
from bitp.events.jobs import work_once
from bitp.events.models import Event, Job
from bitp.identity.models import Session
from bitp.identity.sessions import PROVED_US
from tests.identity.signing_in import JSON, PAGE, age, give_passkey, sign_in_staff
from tests.people import make_member

pytestmark = pytest.mark.django_db

ROSTER = "/console/staff/"
FRANK = "frank@staff.example.com"


@pytest.fixture
def erin() -> Member:
    return make_member("Erin", "operator")


@pytest.fixture
def office(client: Client, erin: Member) -> Client:
    """Erin's browser, signed in."""
    return sign_in_staff(client, erin)


def shown(client: Client, query: str = "") -> str:
    page = client.get(ROSTER + query, **PAGE)
    assert page.status_code == 200
    return page.content.decode()


def kinds() -> list[str]:
    return list(Event.objects.filter(kind__startswith="staff.").values_list("kind", flat=True))


def test_everybody_stands_on_the_page_with_role_and_factors(office: Client) -> None:
    carol = make_member("Carol")
    give_passkey(carol.user)
    give_passkey(carol.user)
    make_member("Dave", "supervisor")
    page = shown(office)
    assert "carol@staff.example.com" in page
    assert "2 passkeys" in page
    assert "nothing: cannot sign in" in page
    assert "Supervisor" in page


def test_a_search_finds_by_name_alias_and_address(office: Client) -> None:
    for name in ("Carol", "Dave"):
        make_member(name)
    for words in ("?q=caro", "?q=CAROL", "?q=carol%40staff"):
        page = shown(office, words)
        assert "carol@staff.example.com" in page
        assert "dave@staff.example.com" not in page
    assert "Nobody found" in shown(office, "?q=zebra")


def test_many_people_stand_on_several_pages(
    office: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        make_member(f"Agent{number:02}")
    with django_assert_max_num_queries(10):
        first = shown(office)
    assert "Page 1 of 3" in first
    assert "agent00@" in first
    assert "agent59@" in shown(office, "?page=3")
    for odd in ("?page=0", "?page=-1", "?page=x", "?page=99999999999"):
        assert "Page" in shown(office, odd)


def test_names_are_shown_as_text(office: Client) -> None:
    carol = make_member("Carol")
    carol.user.name = "<script>alert(1)</script>"
    carol.user.save()
    assert "<script>alert(1)" not in shown(office)
    assert "<script>alert(1)" not in office.get(f"{ROSTER}{carol.pk}/", **PAGE).content.decode()


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_for_everybody_else_the_page_is_not_there(client: Client, role: str) -> None:
    dave = sign_in_staff(client, make_member("Dave", role))
    carol = make_member("Carol")
    invitation = changes.invite(FRANK, "agent", By())
    before = len(kinds())
    looked = ["", "invite", f"{carol.pk}/"]
    posted = [
        "invite",
        f"{carol.pk}/role",
        f"{carol.pk}/deactivate",
        f"invitations/{invitation.pk}/resend",
        f"invitations/{invitation.pk}/withdraw",
    ]
    for path in looked:
        assert dave.get(ROSTER + path, **PAGE).status_code == 404
    for path in posted:
        form = {"email": "g@staff.example.com", "role": "operator"}
        assert dave.post(ROSTER + path, form, **PAGE).status_code == 404
    carol.refresh_from_db()
    assert carol.role == "agent"
    assert carol.user.is_active
    assert len(kinds()) == before


class TestInviting:
    def invite(self, office: Client, email: str = FRANK, role: str = "agent") -> Invitation:
        answer = office.post(f"{ROSTER}invite", {"email": email, "role": role}, **PAGE)
        assert answer.headers["Location"] == ROSTER
        return Invitation.objects.latest("pk")

    def test_the_mail_brings_the_link_in_both_languages(self, office: Client) -> None:
        invitation = self.invite(office)
        assert mail.outbox == []
        work_once()
        [letter] = mail.outbox
        assert letter.to == [FRANK]
        assert str(letter.body).count(link_to(invitation)) == 2
        assert "7 days" in str(letter.body)
        assert "\n" not in letter.subject

    def test_the_link_stands_nowhere_in_the_database(self, office: Client) -> None:
        invitation = self.invite(office)
        token = link_to(invitation).rpartition("/")[2]
        from tests.desk.staff.test_join import everything_stored

        assert token not in everything_stored()
        assert Job.objects.filter(kind="staff.invitation_mail").exists()

    def test_a_job_that_runs_twice_sends_the_same_letter_by_the_same_id(
        self, office: Client
    ) -> None:
        from bitp.desk.staff.jobs import send_invitation

        invitation = self.invite(office)
        job = Job.objects.get(kind="staff.invitation_mail")
        for _ in range(2):
            send_invitation({"invitation": invitation.pk}, job.key)
        assert len({each.extra_headers["Message-ID"] for each in mail.outbox}) == 1

    def test_a_withdrawn_invitation_is_not_sent(self, office: Client) -> None:
        invitation = self.invite(office)
        office.post(f"{ROSTER}invitations/{invitation.pk}/withdraw", **PAGE)
        work_once()
        assert mail.outbox == []
        assert FRANK not in shown(office).replace("withdrawn", "")

    def test_sending_again_sends_the_new_link(self, office: Client) -> None:
        invitation = self.invite(office)
        first = link_to(invitation)
        office.post(f"{ROSTER}invitations/{invitation.pk}/resend", **PAGE)
        invitation.refresh_from_db()
        work_once()
        assert all(first not in str(letter.body) for letter in mail.outbox[-1:])
        assert link_to(invitation) in str(mail.outbox[-1].body)

    def test_the_log_says_who_invited_and_holds_no_address(
        self, office: Client, erin: Member
    ) -> None:
        self.invite(office)
        event = Event.objects.get(kind="staff.invited")
        assert (event.actor_kind, event.actor) == ("staff", str(erin.pk))
        assert event.actor_session
        assert "frank" not in event.data

    @pytest.mark.parametrize(
        "form",
        [
            {"email": "not an address", "role": "agent"},
            {"email": FRANK, "role": "owner"},
            {"email": "", "role": "agent"},
            {"email": "erin@staff.example.com", "role": "agent"},
        ],
    )
    def test_what_makes_no_sense_is_said_and_not_done(
        self, office: Client, form: dict[str, str]
    ) -> None:
        answer = office.post(f"{ROSTER}invite", form, **PAGE)
        assert answer.status_code == 200
        assert "field-error" in answer.content.decode()
        assert not Invitation.objects.exists()
        assert not Job.objects.filter(kind="staff.invitation_mail").exists()

    def test_there_is_an_end_to_open_invitations(
        self, office: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(changes, "OPEN_INVITATIONS_MAX", 2)
        for number in range(2):
            self.invite(office, f"f{number}@staff.example.com")
        answer = office.post(f"{ROSTER}invite", {"email": FRANK, "role": "agent"}, **PAGE)
        assert answer.status_code == 200
        assert not Invitation.objects.filter(email=FRANK).exists()

    def test_a_link_sent_before_the_key_was_rotated_still_works(
        self, office: Client, settings: Settings
    ) -> None:
        invitation = self.invite(office)
        first = link_to(invitation)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "another key of at least fifty characters, drawn by dice"
        assert link_to(invitation) == first


class TestDeactivating:
    def test_carol_is_out_everywhere_at_once(self, office: Client) -> None:
        carol = make_member("Carol")
        device = give_passkey(carol.user)
        phone, desk = sign_in_staff(Client(), carol), sign_in_staff(Client(), carol)
        answer = office.post(f"{ROSTER}{carol.pk}/deactivate", **PAGE)
        assert answer.headers["Location"] == ROSTER
        for browser in (phone, desk):
            assert browser.get("/console/keys/", HTTP_ACCEPT="*/*").status_code == 401
            assert browser.get("/console/", HTTP_ACCEPT="*/*").status_code == 401
        assert not Session.objects.filter(user=carol.user).exists()
        options = phone.post("/console/sign-in/options", **JSON).json()
        body = {"credential": device.sign(options)}
        assert phone.post("/console/sign-in/passkey", body, **JSON).status_code == 400

    def test_the_log_says_it_so_that_sockets_are_cut(self, office: Client, erin: Member) -> None:
        carol = make_member("Carol")
        sign_in_staff(Client(), carol)
        office.post(f"{ROSTER}{carol.pk}/deactivate", **PAGE)
        event = Event.objects.get(kind="staff.deactivated")
        assert event.data == f'{{"member":{carol.pk},"user":{carol.user_id}}}'
        assert event.actor == str(erin.pk)
        assert Event.objects.filter(kind="session.ended", data__contains="deactivated").count() == 1

    def test_twice_is_once(self, office: Client) -> None:
        carol = make_member("Carol")
        for _ in range(2):
            office.post(f"{ROSTER}{carol.pk}/deactivate", **PAGE)
        assert kinds().count("staff.deactivated") == 1

    def test_the_last_operator_stays(self, office: Client, erin: Member) -> None:
        answer = office.post(f"{ROSTER}{erin.pk}/deactivate", **PAGE)
        assert answer.status_code == 409
        assert "the last operator" in answer.content.decode()
        erin.user.refresh_from_db()
        assert erin.user.is_active
        assert "staff.deactivated" not in kinds()
        assert office.get(ROSTER, **PAGE).status_code == 200

    def test_the_last_operator_keeps_the_role(self, office: Client, erin: Member) -> None:
        answer = office.post(f"{ROSTER}{erin.pk}/role", {"role": "agent"}, **PAGE)
        assert answer.status_code == 409
        erin.refresh_from_db()
        assert erin.role == "operator"
        assert "staff.role_changed" not in kinds()

    def test_one_of_two_operators_may_go(self, office: Client, erin: Member) -> None:
        make_member("Olga", "operator")
        office.post(f"{ROSTER}{erin.pk}/deactivate", **PAGE)
        assert office.get(ROSTER, **PAGE).headers["Location"].startswith("/console/sign-in")

    def test_nobody_there_is_not_found(self, office: Client) -> None:
        assert office.post(f"{ROSTER}4711/deactivate", **PAGE).status_code == 404
        assert office.get(f"{ROSTER}4711/", **PAGE).status_code == 404
        assert office.post(f"{ROSTER}4711/role", {"role": "agent"}, **PAGE).status_code == 404


def test_another_role_counts_from_the_next_click(office: Client) -> None:
    carol = make_member("Carol")
    desk = sign_in_staff(Client(), carol)
    assert desk.get(ROSTER, **PAGE).status_code == 404
    answer = office.post(f"{ROSTER}{carol.pk}/role", {"role": "operator"}, **PAGE)
    assert answer.headers["Location"] == f"{ROSTER}{carol.pk}/"
    assert desk.get(ROSTER, **PAGE).status_code == 200
    changed = Event.objects.get(kind="staff.role_changed")
    assert '"was":"agent"' in changed.data
    office.post(f"{ROSTER}{carol.pk}/role", {"role": "agent"}, **PAGE)
    assert desk.get(ROSTER, **PAGE).status_code == 404


def test_the_same_role_again_is_no_change(office: Client) -> None:
    carol = make_member("Carol")
    office.post(f"{ROSTER}{carol.pk}/role", {"role": "agent"}, **PAGE)
    assert "staff.role_changed" not in kinds()


def test_changes_ask_for_a_fresh_proof_and_do_nothing_without(office: Client) -> None:
    carol = make_member("Carol")
    age(office, PROVED_US, 5 * 60 + 1)
    assert shown(office)
    for path in ("invite", f"{carol.pk}/"):
        answer = office.get(ROSTER + path, **PAGE)
        assert answer.headers["Location"].startswith("/console/locked?next=")
    answer = office.post(f"{ROSTER}{carol.pk}/deactivate", **PAGE)
    assert answer.headers["Location"] == "/console/locked"
    carol.user.refresh_from_db()
    assert carol.user.is_active


@pytest.mark.django_db(transaction=True)
def test_two_operators_who_shut_each_other_out_at_once_leave_one() -> None:
    pair = [make_member(name, "operator") for name in ("Erin", "Olga")]
    ready = threading.Barrier(2)
    refused: list[str] = []

    def shut_out(by: Member, whom: Member) -> None:
        ready.wait()
        try:
            changes.deactivate(whom.pk, By(by))
        except LastOperator:
            refused.append(by.alias)
        connection.close()

    threads = [threading.Thread(target=shut_out, args=each) for each in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Member.objects.filter(user__is_active=True).count() == 1


def test_a_form_from_another_site_changes_nothing(erin: Member) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in_staff(Client(), erin).cookies
    carol = make_member("Carol")
    assert strict.get(ROSTER, **PAGE).status_code == 200
    answer = strict.post(f"{ROSTER}{carol.pk}/deactivate", **PAGE)
    assert answer.status_code == 403
    carol.user.refresh_from_db()
    assert carol.user.is_active
    assert settings.CSRF_COOKIE_NAME not in strict.cookies
