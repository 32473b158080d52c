"""One-time codes: the standard's own examples, and each code once."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from bitp.identity import factors
from bitp.identity.models import AcceptedStep, User
from bitp.identity.one_time_code import STEP_S, accept, code_at, matching_steps

# RFC 6238, appendix B: SHA-1, the secret "12345678901234567890", eight digits.
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
RFC_CODES = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
NOON_S = 1_800_000_000.0


@pytest.mark.parametrize(("at_s", "code"), RFC_CODES)
def test_the_standards_examples(at_s: int, code: str) -> None:
    assert code_at(RFC_SECRET, at_s // STEP_S, digits=8) == code


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_one_step_of_drift_either_way_is_allowed(steps: int) -> None:
    secret = factors.new_secret()
    code = code_at(secret, int(NOON_S // STEP_S) + steps)
    assert int(NOON_S // STEP_S) + steps in matching_steps(secret, code, NOON_S)


@pytest.mark.parametrize("steps", [-3, -2, 2, 3])
def test_two_steps_are_too_many(steps: int) -> None:
    near = {code_at(RFC_SECRET, int(NOON_S // STEP_S) + each) for each in (-1, 0, 1)}
    code = code_at(RFC_SECRET, int(NOON_S // STEP_S) + steps)
    assert code not in near
    assert matching_steps(RFC_SECRET, code, NOON_S) == []


@pytest.mark.parametrize("typed", ["", " ", "12345", "1234567", "abcdef", "12345é", "𝟙𝟚", "\0" * 6])
def test_what_is_no_code_matches_nothing(typed: str) -> None:
    assert matching_steps(RFC_SECRET, typed, NOON_S) == []


def test_spaces_do_not_matter() -> None:
    code = code_at(RFC_SECRET, int(NOON_S // STEP_S))
    assert matching_steps(RFC_SECRET, f" {code[:3]} {code[3:]}\n", NOON_S)


@pytest.fixture
def phone() -> Authenticator:
    user = User.objects.create_user("carol@staff.example.com", kind="staff")
    return factors.add_authenticator(user, RFC_SECRET)


def at(moment_s: float) -> str:
    return code_at(RFC_SECRET, int(moment_s // STEP_S))


@pytest.mark.django_db
class TestAccepting:
    @pytest.mark.parametrize("later_s", [0, 1, 29, 31, 59, 61, 89, 91, 3600])
    def test_a_used_code_is_refused_however_the_clock_moves(
        self, phone: Authenticator, later_s: int
    ) -> None:
        # The code of the next step: good from now on for the longest time there is.
        code = at(NOON_S + STEP_S)
        assert accept(phone, code, NOON_S)
        assert not accept(phone, code, NOON_S + later_s)

    @pytest.mark.parametrize("back_s", [1, 31, 61])
    def test_also_when_the_clock_is_set_back(self, phone: Authenticator, back_s: int) -> None:
        code = at(NOON_S)
        assert accept(phone, code, NOON_S)
        assert not accept(phone, code, NOON_S - back_s)

    def test_a_code_older_than_the_last_accepted_is_refused_though_never_used(
        self, phone: Authenticator
    ) -> None:
        assert accept(phone, at(NOON_S), NOON_S)
        assert not accept(phone, at(NOON_S - STEP_S), NOON_S)

    def test_the_next_code_is_accepted(self, phone: Authenticator) -> None:
        assert accept(phone, at(NOON_S), NOON_S)
        assert accept(phone, at(NOON_S + STEP_S), NOON_S + STEP_S)

    def test_a_wrong_code_uses_nothing_up(self, phone: Authenticator) -> None:
        assert not accept(phone, "000000", NOON_S)
        assert not AcceptedStep.objects.exists()
        assert accept(phone, at(NOON_S), NOON_S)

    def test_each_authenticator_counts_for_itself(self, phone: Authenticator) -> None:
        dave = User.objects.create_user("dave@staff.example.com", kind="staff")
        other = factors.add_authenticator(dave, RFC_SECRET)
        assert accept(phone, at(NOON_S), NOON_S)
        assert accept(other, at(NOON_S), NOON_S)

    def test_the_secret_is_not_readable_in_the_database(self, phone: Authenticator) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM mfa_authenticator")
            stored = repr(cursor.fetchall())
        assert RFC_SECRET not in stored
        assert base64.b64encode(b"12345678901234567890").decode() not in stored
        assert factors.secret_of(phone) == RFC_SECRET


@pytest.mark.django_db(transaction=True)
def test_of_fifty_threads_at_once_one_wins(phone: Authenticator) -> None:
    ready = threading.Barrier(50)
    won: list[bool] = []

    def attempt() -> None:
        ready.wait()
        won.append(accept(phone, at(NOON_S), NOON_S))
        connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"attempts at once: {len(won)}, accepted: {sum(won)}")
    assert sorted(won) == [False] * 49 + [True]


ATTEMPT = """
import os, sys
import django
from django.conf import settings
import importlib
module = importlib.import_module("bitp.config.settings")
settings.configure(**{name: getattr(module, name) for name in dir(module) if name.isupper()})
settings.DATABASES["default"]["NAME"] = os.environ["NAME"]
django.setup()
from allauth.mfa.models import Authenticator
from bitp.identity.one_time_code import accept
phone = Authenticator.objects.get(pk=int(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
print(accept(phone, sys.argv[2], float(sys.argv[3])))
"""


@pytest.mark.django_db(transaction=True)
def test_of_several_processes_at_once_one_wins(phone: Authenticator) -> None:
    environment = {**os.environ, "NAME": str(connection.settings_dict["NAME"])}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    program = [sys.executable, "-c", ATTEMPT, str(phone.pk), at(NOON_S), str(NOON_S)]
    attempts = [
        subprocess.Popen(
            program, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    for attempt in attempts:
        assert attempt.stdout is not None
        assert attempt.stdout.readline() == "ready\n"
    said = sorted(attempt.communicate("go\n")[0].strip() for attempt in attempts)
    assert said == ["False", "False", "False", "True"]
    assert not accept(phone, at(NOON_S), NOON_S + 61)
