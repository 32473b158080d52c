"""What a run of the tests leaves out, and why it may not under `./bitp test --all`.

- browser: skipped where no Chromium is installed
- postgres, sqlite: deselected on the other database (`./bitp test` runs both)
- slow, soak: deselected unless asked for

With BITP_REQUIRE_ALL=1 (as CI runs it) a skip is a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

REQUIRE_ALL = os.environ.get("BITP_REQUIRE_ALL") == "1"
SOAK = os.environ.get("BITP_TEST_SOAK") == "1"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def find_chromium() -> str | None:
    """Path of the browser to drive: BITP_CHROMIUM, else an installed one."""
    named = os.environ.get("BITP_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), "")
    return named or (MAC_CHROME if Path(MAC_CHROME).exists() else None)


def _left_out(item: pytest.Item, chosen: str) -> bool:
    """Whether this run leaves ``item`` out; ``chosen`` is the person's own -m expression."""
    on_postgres = os.environ.get("BITP_DATABASE_URL", "").startswith("postgres")
    return (
        (item.get_closest_marker("postgres") is not None and not on_postgres)
        or (item.get_closest_marker("sqlite") is not None and on_postgres)
        or (item.get_closest_marker("slow") is not None and not REQUIRE_ALL and not chosen)
        or (item.get_closest_marker("soak") is not None and not SOAK and not chosen)
        or (SOAK and item.get_closest_marker("soak") is None)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = config.getoption("markexpr")
    left_out = [item for item in items if _left_out(item, chosen)]
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


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where the browser is; tests that use it carry the mark ``browser``."""
    path = find_chromium()
    assert path is not None, "mark the test with pytest.mark.browser"
    return path
