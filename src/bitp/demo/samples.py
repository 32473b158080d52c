"""The living scene: sample people, past conversations, and people who wait."""

from __future__ import annotations

import json
from pathlib import Path

from allauth.mfa.models import Authenticator
from django.conf import settings

from bitp.demo import scenes
from bitp.demo.people import CUSTOMER_PASSWORD, PEOPLE, Person
from bitp.desk.channels.changes import site_inbox
from bitp.desk.staff.models import Member
from bitp.identity.models import CUSTOMER, STAFF, User
from bitp.identity.one_time_code import PURPOSE
from bitp.identity.sealing import seal


def load_samples() -> None:
    """Makes the sample people and scenes that are missing; a second call changes nothing."""
    site_inbox()
    for person in PEOPLE:
        if not User.objects.filter(email=person.email).exists():
            _make(person)
    scenes.play_missing()
    _write_people()


def _make(person: Person) -> None:
    user = User.objects.create_user(
        person.email,
        kind=STAFF if person.role else CUSTOMER,
        name=person.name,
        language=person.language,
        password=None if person.role else CUSTOMER_PASSWORD,
    )
    if person.secret and person.role:
        Authenticator.objects.create(
            user=user,
            type=Authenticator.Type.TOTP,
            data={"secret": seal(person.secret, PURPOSE)},
        )
    if person.role:
        Member.objects.create(
            user=user, alias=person.name, role=person.role, is_stand_in=person.is_stand_in
        )


def _write_people() -> None:
    """For the line the demo prints when it is ready."""
    people = [{"email": each.email, "says": _says(each)} for each in PEOPLE if not each.is_stand_in]
    path = Path(settings.ENVIRONMENT.data) / "people.json"
    path.write_text(json.dumps(people, ensure_ascii=False))


def _says(person: Person) -> str:
    if person.role:
        return f"{person.name}, {person.role}; one click on /demo, or the code shown there"
    return f"{person.name}, customer; password: {CUSTOMER_PASSWORD}"
