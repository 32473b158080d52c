"""What a run of the tests leaves out, and why it may not under `./bitp test --all`.

- browser: skipped where no Chromium is installed
- postgres, sqlite: deselected on the other database (`./bitp test` runs both)
- once: has nothing to do with the database, so it is not repeated on PostgreSQL
- slow, soak: deselected unless asked for
- alone: measures time, so it runs after the others, with nothing beside it

With BITP_REQUIRE_ALL=1 (as CI runs it) a skip is a failure. `./bitp test` sets the variables.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

REQUIRE_ALL = os.environ.get("BITP_REQUIRE_ALL") == "1"
SOAK = os.environ.get("BITP_TEST_SOAK") == "1"
ON_POSTGRES = os.environ.get("BITP_DATABASE_URL", "").startswith("postgres")
# The short second run of a plain `./bitp test`: what only PostgreSQL can show.
ONLY_POSTGRES = os.environ.get("BITP_TEST_ONLY_POSTGRES") == "1"
# "2/3": the second of three runs side by side, each with its own files; "alone": what measures.
SHARE = os.environ.get("BITP_TEST_SHARE", "")
# Where to leave this run's counts for who started it.
COUNTS = os.environ.get("BITP_TEST_COUNTS", "")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str | None:
    """Path of the browser to drive: BITP_CHROMIUM, else an installed one."""
    named = os.environ.get("BITP_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), "")
    return named or (MAC_CHROME if Path(MAC_CHROME).exists() else None)


def _left_out(item: pytest.Item, chosen: str) -> bool:
    """Whether this run leaves ``item`` out; ``chosen`` is the person's own -m expression."""
    marks = {mark.name for mark in item.iter_markers()}
    if SOAK or "soak" in marks:
        return "soak" not in marks or not (SOAK or chosen)
    if "slow" in marks and not (REQUIRE_ALL or chosen):
        return True
    if ON_POSTGRES:
        return bool(marks & {"sqlite", "once"}) or (ONLY_POSTGRES and "postgres" not in marks)
    return "postgres" in marks


def _of_another_share(items: list[pytest.Item]) -> set[pytest.Item]:
    """What the runs beside this one do: files are dealt out in turn."""
    if not SHARE:
        return set()
    alone = {item for item in items if item.get_closest_marker("alone")}
    if SHARE == "alone":
        return set(items) - alone
    number, _, of = SHARE.partition("/")
    files = sorted({item.path for item in items})
    own = set(files[int(number) - 1 :: int(of)])
    return alone | {item for item in items if item.path not in own}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("markexpr")
    others = _of_another_share(items)
    left_out = [item for item in items if item in others or _left_out(item, chosen)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]
    if find_chromium() is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium is installed"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where everything is required: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A file may skip itself while it is read: that is a skip of all that stands in it."""
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"skipped where everything is required: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Leaves the counts where `./bitp test` adds them up."""
    if COUNTS:
        stats = terminalreporter.stats
        failed = len(stats.get("failed", [])) + len(stats.get("error", []))
        counts = {name: len(stats.get(name, [])) for name in ("passed", "skipped", "deselected")}
        Path(COUNTS).write_text(json.dumps({**counts, "failed": failed, "exit": int(exitstatus)}))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is; tests that use it carry the mark ``browser``."""
    path = find_chromium()
    assert path is not None, "mark the test with pytest.mark.browser"
    return path
