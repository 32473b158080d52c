"""`serve` refuses an unsafe installation, names every reason, and starts nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bitp.config.environment import Environment
from bitp.config.production import find_unsafe

pytestmark = pytest.mark.once

KEY = "Zq8vK1sXo5mTn3bRf7wLc9yHd2gJp6aEu4iV0xNtQkSrWzYB"


@pytest.fixture
def safe(tmp_path: Path) -> Environment:
    """Settings that `serve` starts with."""
    tmp_path.chmod(0o700)
    return Environment(
        data=tmp_path,
        secret_key=KEY + "ab",
        origin="https://help.example.com",
        trusted_proxies="127.0.0.1, 10.1.0.0/16",
    )


def test_safe_settings_have_no_finding(safe: Environment) -> None:
    assert find_unsafe(safe, {"BITP_SECRET_KEY": KEY, "PATH": "/bin"}) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"secret_key": ""}, "BITP_SECRET_KEY is missing"),
        ({"secret_key": KEY}, "BITP_SECRET_KEY has 48 characters"),
        ({"secret_key": "ab" * 30}, "BITP_SECRET_KEY repeats itself"),
        ({"mode": "demo"}, "BITP_MODE is demo"),
        ({"mode": "test"}, "BITP_MODE is test"),
        ({"sync_delay_ms": 2}, "BITP_SYNC_DELAY_MS"),
        ({"origin": "http://help.example.com"}, "https"),
        ({"origin": "https://localhost"}, "BITP_ORIGIN must name the host"),
        ({"origin": "https://127.0.0.1:8000"}, "BITP_ORIGIN must name the host"),
        ({"origin": "https://"}, "BITP_ORIGIN must name the host"),
        ({"hosts": "a.example.com,*"}, "BITP_HOSTS contains *"),
        ({"hosts": ".example.com"}, "BITP_HOSTS contains .example.com"),
        ({"trusted_proxies": ""}, "BITP_TRUSTED_PROXIES is missing"),
        ({"trusted_proxies": "nonsense"}, "nonsense is not a network"),
        ({"trusted_proxies": "0.0.0.0/0"}, "believes everybody"),
        ({"trusted_proxies": "::/0"}, "believes everybody"),
        ({"database_url": "mysql://x"}, "postgresql://"),
    ],
)
def test_each_unsafe_setting_is_named(
    safe: Environment, change: dict[str, object], names: str
) -> None:
    found = find_unsafe(replace(safe, **change), {})  # type: ignore[arg-type]
    assert len(found) == 1
    assert names in found[0]


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({"BITP_SECERT_KEY": KEY}, "BITP_SECERT_KEY is not a setting"),
        ({"DJANGO_SETTINGS_MODULE": "my.settings"}, "DJANGO_SETTINGS_MODULE"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"DJANGO_DEBUG": "1"}, "DJANGO_DEBUG is on"),
    ],
)
def test_stray_variables_are_named(
    safe: Environment, variables: dict[str, str], names: str
) -> None:
    found = find_unsafe(safe, variables)
    assert len(found) == 1
    assert names in found[0]


def test_a_data_folder_that_others_can_read_is_named(safe: Environment) -> None:
    safe.data.chmod(0o750)
    assert find_unsafe(safe, {}) == [f"{safe.data} can be read by others; chmod 700 it"]


def bitp(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BITP_")}
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.commands", *arguments],
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_serve_lists_every_reason_at_once_and_starts_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    refused = bitp("serve", BITP_DATA=str(data), BITP_LISTEN=f"127.0.0.1:{port}", DEBUG="1")
    assert refused.returncode == 1
    assert refused.stdout == ""
    lines = refused.stderr.splitlines()
    assert lines[0] == "bitp: not started, these settings are unsafe:"
    for name in ("BITP_SECRET_KEY", "BITP_ORIGIN", "BITP_TRUSTED_PROXIES", "DEBUG"):
        assert any(name in line for line in lines[1:])
    assert not data.exists()


def test_serve_check_says_so_as_json(safe: Environment) -> None:
    good = bitp(
        "serve",
        "--check",
        "--json",
        BITP_DATA=str(safe.data),
        BITP_SECRET_KEY=safe.secret_key,
        BITP_ORIGIN=safe.origin,
        BITP_TRUSTED_PROXIES=safe.trusted_proxies,
    )
    assert (good.returncode, json.loads(good.stdout)) == (0, {"safe": True})
    bad = bitp("serve", "--check", "--json", BITP_DATA=str(safe.data))
    assert bad.returncode == 1
    assert "BITP_SECRET_KEY" in json.loads(bad.stdout)["error"]


@pytest.mark.parametrize("name", ["BITP_WEB_THREADS", "BITP_STAFF_AUTHENTICATOR"])
def test_a_setting_that_cannot_be_understood_is_one_line(name: str) -> None:
    refused = bitp("serve", **{name: "many"})
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"bitp: {name} must be")
    assert len(refused.stderr.splitlines()) == 1
