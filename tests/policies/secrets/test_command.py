"""`bitp redact`: text in, masked text out."""

from __future__ import annotations

import io
import json
import sys

import pytest

from bitp.policies.secrets.command import INPUT_BYTES_MAX, main

pytestmark = pytest.mark.once

VALID = "legal winner thank year wave sausage worth useful legal winner thank yellow"
HEX = "e9873d79c6d87dc0fb6a5778633389f4453213303da61f20bd67fc233aa33262"


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing: `give` replaces standard input for one run."""


def give(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_secrets_are_masked_and_the_rest_is_written_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    give(monkeypatch, f"我的词\r\n{VALID}\r\n谢谢".encode())
    assert main([]) == 0
    written = capfdbinary.readouterr()
    assert written.out.decode() == "我的词\r\n⟦removed:seed_phrase:12⟧\r\n谢谢"
    assert written.err == b""


def test_json_lists_the_findings_and_never_the_secret(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    give(monkeypatch, f"my seed: {VALID}".encode())
    assert main(["--json"]) == 0
    written = capfdbinary.readouterr().out.decode()
    assert "winner" not in written
    answer = json.loads(written)
    assert answer["text"] == "my seed: ⟦removed:seed_phrase:12⟧"
    assert answer["findings"] == [
        {
            "kind": "seed_phrase",
            "start": 9,
            "end": 9 + len(VALID),
            "length": 12,
            "grade": "checksum_ok",
        }
    ]


def test_a_transaction_named_on_the_command_line_stays(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    give(monkeypatch, HEX.encode())
    assert main(["--txid", "0x" + HEX.upper()]) == 0
    assert capfdbinary.readouterr().out.decode() == HEX


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfe", "not UTF-8"), (b"a" * (INPUT_BYTES_MAX + 1), "longer than 10 MB")],
    ids=["not text", "too long"],
)
def test_bad_input_fails_with_one_line_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    content: bytes,
    sentence: str,
) -> None:
    give(monkeypatch, content)
    assert main([]) == 1
    written = capfd.readouterr()
    assert written.out == ""
    assert written.err.startswith("bitp redact: ")
    assert sentence in written.err
    assert written.err.count("\n") == 1


def test_an_unknown_option_fails_with_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--nonsense"])
    assert stopped.value.code == 2
    assert capfd.readouterr().err.count("\n") == 1


def test_help_says_what_a_mask_looks_like(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "⟦removed:KIND:LENGTH⟧" in capfd.readouterr().out
