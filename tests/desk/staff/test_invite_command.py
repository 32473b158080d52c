"""./bitp invite prints the link of the first operator."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from bitp.config.commands import main
from bitp.desk.staff.models import Invitation
from bitp.events.models import Event, Job
from tests.identity.signing_in import PAGE
from tests.people import make_member

pytestmark = pytest.mark.django_db


def test_it_prints_a_link_that_works(capsys: pytest.CaptureFixture[str], client: Client) -> None:
    assert main(["invite", "erin@staff.example.com"]) == 0
    link = capsys.readouterr().out.strip()
    path = link.removeprefix("http://localhost:8000")
    assert client.get(path, **PAGE).status_code == 200
    invitation = Invitation.objects.get()
    assert (invitation.role, invitation.invited_by) == ("operator", None)
    assert Event.objects.get(kind="staff.invited").actor_kind == "system"
    assert not Job.objects.exists()


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["invite", "carol@staff.example.com", "--role", "agent", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["role"] == "agent"
    assert "/console/join/" in printed["link"]


@pytest.mark.parametrize("address", ["not an address", "carol@staff.example.com"])
def test_what_does_not_work_is_one_line(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    make_member("Carol")
    assert main(["invite", address]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    assert not Invitation.objects.exists()
