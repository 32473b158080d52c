"""Every command has its help, says failures in one line, and prints JSON when asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bitp.config.commands import COMMANDS, PARTS, main
from tests.config.test_production import bitp

pytestmark = pytest.mark.once


def test_the_list_of_commands_says_what_each_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name, what in {**COMMANDS, **PARTS}.items():
        assert name in said
        assert what in said
    assert main([]) == 2


@pytest.mark.parametrize("name", [*COMMANDS, *PARTS])
def test_every_command_has_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: bitp {name}")
    assert "--json" in said


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["demo", "--nonsense"], ["bench", "nonsense"], ["web"]]
)
def test_a_misused_command_ends_with_2_and_says_so(arguments: list[str]) -> None:
    done = bitp(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr


def test_redact_masks_what_stands_on_stdin() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bitp.config.commands", "redact", "--json"],
        input="my card is 4111 1111 1111 1111, thank you",
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    assert "4111" not in said["text"]
    assert "thank you" in said["text"]
    assert len(said["findings"]) == 1


def test_a_quick_command_loads_no_django() -> None:
    watched = (
        "import sys; from bitp.config.commands import main; main(['redact']);"
        "sys.exit('django' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", watched], input="hello", text=True, check=False)
    assert done.returncode == 0


def test_migrate_says_what_is_missing_and_applies_it(tmp_path: Path) -> None:
    where = {"BITP_DATA": str(tmp_path), "BITP_MODE": "test"}
    missing = bitp("migrate", "--check", "--json", **where)
    assert missing.returncode == 1
    assert "events.0001_initial" in json.loads(missing.stdout)["missing"]
    assert bitp("migrate", **where).returncode == 0
    assert json.loads(bitp("migrate", "--check", "--json", **where).stdout) == {"missing": []}
