"""What a run leaves out, and that nothing is left out where everything is required."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.once

TESTS = """
import pytest

def test_plain(): pass
def test_skipped(): pytest.skip("no reason")
@pytest.mark.browser
def test_browser(chromium_path): assert chromium_path
@pytest.mark.postgres
def test_postgres(): pass
@pytest.mark.sqlite
def test_sqlite(): pass
@pytest.mark.once
def test_once(): pass
@pytest.mark.slow
def test_slow(): pass
@pytest.mark.soak
def test_soak(): pass
@pytest.mark.alone
def test_alone(): pass
@pytest.mark.xfail(strict=True)
def test_xfail(): assert False
"""
INI = "[pytest]\nmarkers =\n" + "".join(
    f"    {name}: x\n"
    for name in ("browser", "postgres", "sqlite", "once", "slow", "soak", "alone")
)
WAYS_TO_SKIP = {
    "inside": "def test_it(): pytest.skip('not today')",
    "by mark": "@pytest.mark.skip\ndef test_it(): pass",
    "by condition": "@pytest.mark.skipif(True, reason='x')\ndef test_it(): pass",
    "in a fixture": "@pytest.fixture\ndef it(): pytest.skip('x')\ndef test_it(it): pass",
    "as unittest does": "import unittest\ndef test_it(): raise unittest.SkipTest('x')",
    "for want of a module": "def test_it(): pytest.importorskip('surely_not_installed')",
}
PLAIN = "import pytest\ndef test_plain(): pass\n"
ALL: dict[str, Any] = {"BITP_REQUIRE_ALL": "1"}
POSTGRES: dict[str, Any] = {"BITP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of its own with one test of each kind, and a browser."""
    shutil.copy(Path(__file__).with_name("required.py"), tmp_path / "conftest.py")
    (tmp_path / "test_kinds.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(INI)
    return tmp_path


def outcomes(
    project: Path, *arguments: str, browser: bool = True, **variables: str
) -> dict[str, list[str]]:
    """Names by outcome: passed, skipped, failed; and the exit code under EXIT."""
    clean = {name: text for name, text in os.environ.items() if not name.startswith("BITP_")}
    counts = project / "counts.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", *arguments],
        cwd=project,
        env={
            **clean,
            "PATH": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "BITP_TEST_COUNTS": str(counts),
            **({"BITP_CHROMIUM": "/any"} if browser else {}),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[str]] = {"PASSED": [], "SKIPPED": [], "FAILED": [], "XFAIL": []}
    for line in done.stdout.splitlines():
        word, _, rest = line.partition(" ")
        word = "FAILED" if word == "ERROR" else word  # in its set-up
        if word in found:
            found[word].append(rest.partition("::test_")[2].partition(" ")[0])
    written = json.loads(counts.read_text())
    assert written["passed"] == len(found["PASSED"])
    assert written["failed"] == len(found["FAILED"])
    assert written["exit"] == done.returncode
    found["EXIT"] = [str(done.returncode)]
    return found


def test_a_plain_run_leaves_out_what_takes_long_and_what_needs_postgresql(project: Path) -> None:
    found = outcomes(project)
    assert found["PASSED"] == ["plain", "browser", "sqlite", "once", "alone"]
    assert len(found["SKIPPED"]) == 1
    assert found["XFAIL"] == ["xfail"]


def test_without_a_browser_its_tests_are_skipped(project: Path) -> None:
    found = outcomes(project, browser=False)
    assert found["PASSED"] == ["plain", "sqlite", "once", "alone"]
    assert len(found["SKIPPED"]) == 2


def test_where_everything_is_required_a_skip_is_a_failure(project: Path) -> None:
    found = outcomes(project, **ALL)
    assert found["PASSED"] == ["plain", "browser", "sqlite", "once", "slow", "alone"]
    assert found["FAILED"] == ["skipped"]
    assert set(outcomes(project, browser=False, **ALL)["FAILED"]) == {"skipped", "browser"}


@pytest.mark.parametrize("way", sorted(WAYS_TO_SKIP))
def test_one_skip_of_any_kind_fails_the_run_where_everything_is_required(
    project: Path, way: str
) -> None:
    (project / "test_kinds.py").write_text(PLAIN + WAYS_TO_SKIP[way])
    assert outcomes(project)["EXIT"] == ["0"]
    found = outcomes(project, **ALL)
    assert found["EXIT"] == ["1"]
    assert found["PASSED"] == ["plain"]
    assert found["SKIPPED"] == []
    assert len(found["FAILED"]) == 1


def test_a_file_that_skips_itself_fails_the_run_where_everything_is_required(
    project: Path,
) -> None:
    (project / "test_absent.py").write_text("import pytest\npytest.importorskip('surely_not')\n")
    (project / "test_kinds.py").write_text(PLAIN)
    assert outcomes(project)["EXIT"] == ["0"]
    assert outcomes(project, **ALL)["EXIT"] == ["2"]


def test_on_postgresql_what_has_nothing_to_do_with_it_is_not_repeated(project: Path) -> None:
    found = outcomes(project, **ALL, **POSTGRES)
    assert found["PASSED"] == ["plain", "browser", "postgres", "slow", "alone"]


def test_a_plain_run_asks_postgresql_only_for_its_own(project: Path) -> None:
    found = outcomes(project, BITP_TEST_ONLY_POSTGRES="1", **POSTGRES)
    assert found["PASSED"] == ["postgres"]
    assert found["FAILED"] == []


def test_soak_runs_the_long_ones_alone(project: Path) -> None:
    assert outcomes(project, BITP_TEST_SOAK="1")["PASSED"] == ["soak"]


def test_a_persons_own_choice_by_mark_is_followed(project: Path) -> None:
    assert outcomes(project, "-m", "slow or soak")["PASSED"] == ["slow", "soak"]


def test_runs_side_by_side_share_the_files_and_leave_measuring_for_later(project: Path) -> None:
    for name in ("a", "b", "c"):
        shutil.copy(project / "test_kinds.py", project / f"test_{name}.py")
    shares = [outcomes(project, BITP_TEST_SHARE=share) for share in ("1/2", "2/2", "alone")]
    assert shares[0]["PASSED"] == ["plain", "browser", "sqlite", "once"] * 2
    assert shares[1]["PASSED"] == ["plain", "browser", "sqlite", "once"] * 2
    assert shares[2]["PASSED"] == ["alone"] * 4
