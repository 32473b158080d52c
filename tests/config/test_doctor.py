"""The doctor finds what is wrong and says what to do."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from bitp.config.checkup import NOTE, OK, TO_DO, machine, network
from bitp.config.environment import Environment
from tests.config.test_production import bitp

pytestmark = pytest.mark.once


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    tmp_path.chmod(0o700)
    return Environment(data=tmp_path)


@pytest.fixture
def stranger() -> Iterator[socket.socket]:
    """Another program that listens and says nothing of HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_fresh_machine_has_nothing_to_do(tmp_path: Path) -> None:
    done = bitp("doctor", BITP_DATA=str(tmp_path / "data"), BITP_LISTEN="127.0.0.1:1")
    assert done.returncode == 0, done.stdout
    assert "TO DO" not in done.stdout
    assert not (tmp_path / "data").exists()


def test_what_is_wrong_is_named_on_every_channel(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = bitp("doctor", BITP_DATA=str(tmp_path), BITP_DATABASE_URL="postgresql://x@127.0.0.1:1/x")
    assert done.returncode == 1
    assert "TO DO  data folder" in done.stdout
    assert "TO DO  database" in done.stdout
    assert done.stderr == "bitp: 2 to do: data folder, database\n"


def test_an_existing_database_is_asked_for_its_migrations(tmp_path: Path) -> None:
    prepared = bitp("prepare", BITP_DATA=str(tmp_path), BITP_MODE="test")
    assert prepared.returncode == 0, prepared.stderr
    done = bitp("doctor", BITP_DATA=str(tmp_path))
    assert "ok     database       SQLite" in done.stdout
    assert "ok     migrations     up to date" in done.stdout


def test_a_port_of_another_program_is_said(
    environment: Environment, stranger: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "ANSWER_WITHIN_S", 0.2)
    taken = f"127.0.0.1:{stranger.getsockname()[1]}"
    found = network.check_port(replace(environment, listen=taken))
    assert found.verdict == TO_DO
    assert f"{taken} is in use by another program: serve and demo cannot start" in found.says
    assert "BITP_LISTEN" in found.says
    stranger.close()
    assert network.check_port(replace(environment, listen=taken)).verdict == OK
    assert network.check_port(replace(environment, listen="nonsense")).verdict == TO_DO


@pytest.mark.django_db(transaction=True)
def test_beside_a_bitp_that_runs_only_a_second_one_cannot_start(
    environment: Environment, live_server: LiveServer
) -> None:
    taken = live_server.url.removeprefix("http://").replace("localhost", "127.0.0.1")
    found = network.check_port(replace(environment, listen=taken))
    assert found.verdict == NOTE, found.says
    assert "is in use by BitP: serve and demo cannot start there" in found.says


def test_a_mail_server_that_does_not_answer_is_said(environment: Environment) -> None:
    assert network.check_mail(environment).verdict == NOTE
    finding = network.check_mail(replace(environment, mail_url="smtp://u:secret@127.0.0.1:1"))
    assert finding.verdict == TO_DO
    assert "secret" not in finding.says


def test_an_unknown_time_zone_is_said(environment: Environment) -> None:
    assert machine.check_clock(environment).verdict == OK
    assert machine.check_clock(replace(environment, time_zone="Mars/Base")).verdict == TO_DO
