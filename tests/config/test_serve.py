"""A production system behind a proxy: only HTTPS, nothing of the demo, addresses believed from
the proxy alone."""

from __future__ import annotations

import http.client
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.test_demo import BITP, read_until_ready, variables

pytestmark = pytest.mark.once
HOST = "help.example.com"


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        chosen: int = probe.getsockname()[1]
        return chosen


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Path]:
    """`serve`, as its data folder; the tests are its proxy."""
    data = tmp_path_factory.mktemp("serve") / "data"
    process = subprocess.Popen(
        [*BITP, "serve"],
        env={
            **variables(),
            "BITP_DATA": str(data),
            "BITP_SECRET_KEY": secrets.token_urlsafe(48),
            "BITP_ORIGIN": f"https://{HOST}",
            "BITP_LISTEN": f"127.0.0.1:{port}",
            "BITP_TRUSTED_PROXIES": "127.0.0.1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert read_until_ready(process)[-1] == f"READY https://{HOST}"
    yield data
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 0


def ask(port: int, path: str, method: str = "GET", **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers={"Host": HOST, **said})
    return connection.getresponse()


def test_pages_answer_with_production_headers(served: Path, port: int) -> None:
    answer = ask(port, "/", X_Forwarded_Proto="https")
    assert answer.status == 200
    assert "max-age=31536000" in (answer.headers["Strict-Transport-Security"] or "")
    assert "Secure" in (answer.headers["Set-Cookie"] or "Secure")


def test_plain_http_is_sent_to_https(served: Path, port: int) -> None:
    answer = ask(port, "/support?q=x", X_Forwarded_Proto="http")
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://{HOST}/support?q=x"


def test_another_host_name_is_refused(served: Path, port: int) -> None:
    assert ask(port, "/", Host="evil.example.com").status == 400
    assert ask(port, "/", Host="localhost").status == 400


@pytest.mark.parametrize("path", ["/demo", "/demo/mailbox"])
def test_the_demo_does_not_exist(served: Path, port: int, path: str) -> None:
    assert ask(port, path, X_Forwarded_Proto="https").status == 404


def test_a_form_without_its_token_is_refused(served: Path, port: int) -> None:
    for path in ("/account/login/", "/console/sign-in"):
        answer = ask(port, path, "POST", X_Forwarded_Proto="https", Origin=f"https://{HOST}")
        assert answer.status == 403, path


def test_a_second_start_on_the_same_folder_is_refused(served: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.commands", "serve"],
        env={
            **variables(),
            "BITP_DATA": str(served),
            "BITP_SECRET_KEY": secrets.token_urlsafe(48),
            "BITP_ORIGIN": f"https://{HOST}",
            "BITP_LISTEN": "127.0.0.1:0",
            "BITP_TRUSTED_PROXIES": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert refused.returncode == 1
    assert "is in use by process" in refused.stderr
