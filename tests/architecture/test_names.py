"""Names that say something, rights that are declared, and no trace of where it was made."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import PACKAGE, ROOT, VENDORED, short, tracked_files

pytestmark = pytest.mark.once

# A folder is named by what it is in the business.
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "core", "misc", "services"}
SAY_NOTHING |= {"managers", "shared", "base", "tools"}
# Staff's rights are ours, recorded and bounded; Django's all-powerful user does not exist here.
ALL_POWERFUL = re.compile("is_" + "superuser|django.contrib." + "admin")
LARGEST_READ_BYTES = 2_000_000
# Written in halves, so that this file does not find itself.
TRACES = (
    ("/ho" + "me/", "a path of one machine"),
    ("/wo" + "rk/", "a path of one machine"),
    ("/ro" + "ot/", "a path of one machine"),
    ("pypi" + ".org", "a registry"),
    ("python" + "hosted", "a registry"),
    ("npm" + "js.", "a registry"),
    ("deb." + "debian.org", "a registry"),
)


def text_of_tracked_files() -> list[tuple[str, str]]:
    found = []
    for path in tracked_files():
        content = path.read_bytes()
        if len(content) < LARGEST_READ_BYTES and b"\0" not in content[:8000]:
            found.append((short(path), content.decode("utf-8", "replace")))
    return found


def test_no_folder_has_a_name_that_says_nothing() -> None:
    folders = {
        path for path in [*PACKAGE.rglob("*"), *(ROOT / "tests").rglob("*")] if path.is_dir()
    }
    wrong = [short(path) for path in folders if path.name in SAY_NOTHING]
    assert not wrong


def test_there_is_no_all_powerful_user() -> None:
    wrong = [
        f"{short(path)}:{number}"
        for path in PACKAGE.rglob("*")
        if path.suffix in {".py", ".html"} and VENDORED not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ALL_POWERFUL.search(line)
    ]
    assert not wrong


def test_no_file_names_where_it_was_made() -> None:
    wrong = [
        f"{name}: {what} ({trace})"
        for name, text in text_of_tracked_files()
        for trace, what in TRACES
        if trace in text.lower()
    ]
    assert not wrong, "\n".join(wrong)


def test_no_secret_database_or_compiled_file_is_tracked() -> None:
    generated = {".mo", ".pyc", ".sqlite3", ".pem", ".key"}
    assert not [short(path) for path in tracked_files() if path.suffix in generated]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_locks_have_versions_and_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    requirements = re.split(r"(?m)^(?=[a-z0-9])", text)[1:]
    assert len(requirements) > 20
    for requirement in requirements:
        assert re.match(r"[a-z0-9][\w.-]*(\[[\w,]+\])?==", requirement), requirement[:60]
        assert "--hash=sha256:" in requirement, requirement[:60]
