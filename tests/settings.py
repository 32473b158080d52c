"""The product's settings as a run of the tests sees them: mode "test", in its own scratch folder.

Variables of the person who runs the tests do not leak in; only the database may be chosen
(BITP_DATABASE_URL, which `./bitp test` sets for its run on PostgreSQL).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

KEPT = {"BITP_DATABASE_URL", "BITP_REQUIRE_ALL", "BITP_CHROMIUM", "BITP_PYTHON"}


def use_scratch_folder() -> Path:
    """A new private folder, removed at the end of the process that made it."""
    folder = Path(tempfile.mkdtemp(prefix="bitp-test-"))
    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:
            shutil.rmtree(folder, ignore_errors=True)

    atexit.register(remove)
    return folder


def _is_a_stray(name: str) -> bool:
    return name.startswith("BITP_") and not name.startswith("BITP_TEST_") and name not in KEPT


for _name in [name for name in os.environ if _is_a_stray(name)]:
    del os.environ[_name]
os.environ["BITP_MODE"] = "test"
os.environ["BITP_DATA"] = str(use_scratch_folder())

from bitp.config.settings import *  # noqa: E402, F403
