"""A damaged backup, or one that does not fit, is refused, and nothing is changed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bitp.config.backup.manifest import MANIFEST, Manifest, fingerprint_of, get_manifest
from tests.config.test_production import bitp

pytestmark = pytest.mark.once

KEY = "k" * 50


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The backup of a small installation with two sealed files."""
    folder = tmp_path_factory.mktemp("original")
    (folder / "data").mkdir()
    assert run("prepare", folder / "data").returncode == 0
    sealed = folder / "data" / "sealed" / "ab"
    sealed.mkdir(parents=True)
    (sealed / "one").write_bytes(b"sealed" * 100)
    (sealed / "empty").write_bytes(b"")
    done = run("backup", folder / "data", str(folder / "backup"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["files"] == 3
    return folder / "backup"


@pytest.fixture
def backup(original: Path, tmp_path: Path) -> Path:
    """A copy that a test may damage."""
    shutil.copytree(original, tmp_path / "backup")
    return tmp_path / "backup"


def run(
    command: str, data: Path, *arguments: str, key: str = KEY, **variables: str
) -> subprocess.CompletedProcess[str]:
    return bitp(
        command, *arguments, BITP_MODE="test", BITP_DATA=str(data), BITP_SECRET_KEY=key, **variables
    )


def change(backup: Path, **fields: object) -> None:
    """Rewrites fields of the manifest, as somebody with an editor would."""
    found = json.loads((backup / MANIFEST).read_text())
    (backup / MANIFEST).write_text(json.dumps({**found, **fields}))


def flip_one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_an_undamaged_one_comes_back_with_its_files(backup: Path, tmp_path: Path) -> None:
    assert run("restore", tmp_path / "unused", str(backup), "--check").returncode == 0
    assert not (tmp_path / "unused").exists()
    done = run("restore", tmp_path / "data", str(backup))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "sealed" / "ab" / "one").read_bytes() == b"sealed" * 100
    assert run("migrate", tmp_path / "data", "--check").returncode == 0
    assert not (tmp_path / "data" / "restoring").exists()


def test_the_key_is_not_in_it(backup: Path) -> None:
    assert get_manifest(backup).key == fingerprint_of(KEY)
    assert not any(
        KEY.encode() in path.read_bytes() for path in backup.rglob("*") if path.is_file()
    )


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a bit of the database": lambda backup: flip_one_bit(backup / "database.sqlite3"),
    "a bit of a sealed file": lambda backup: flip_one_bit(backup / "sealed" / "ab" / "one"),
    "a missing file": lambda backup: (backup / "sealed" / "ab" / "empty").unlink(),
    "a file cut short": lambda backup: (backup / "sealed" / "ab" / "one").write_bytes(b"sealed"),
    "no manifest": lambda backup: (backup / MANIFEST).unlink(),
    "half a manifest": lambda backup: (backup / MANIFEST).write_text("{"),
    "no database named": lambda backup: change(backup, files=[]),
    "a way out of the folder": lambda backup: change(
        backup,
        files=[
            {"path": "../../etc/passwd", "length": 1, "sha256": ""},
            *json.loads((backup / MANIFEST).read_text())["files"],
        ],
    ),
    "a later format": lambda backup: change(backup, format=2),
    "an unknown database": lambda backup: change(backup, database="oracle"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_one_is_refused_and_leaves_nothing(
    backup: Path, tmp_path: Path, damage: str
) -> None:
    DAMAGES[damage](backup)
    done = run("restore", tmp_path / "data", str(backup))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("bitp: ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_one_of_a_newer_version_another_key_or_database_is_refused(
    backup: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    assert "another secret key" in run("restore", data, str(backup), key="x" * 50).stderr
    elsewhere = {"BITP_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}
    assert "this installation uses" in run("restore", data, str(backup), **elsewhere).stderr
    manifest: Manifest = get_manifest(backup)
    change(backup, migrations=[*manifest.migrations, "events.9999_of_tomorrow"])
    assert "newer BitP" in run("restore", data, str(backup)).stderr
    assert not data.exists()


def test_the_key_before_a_rotation_still_opens_it(backup: Path, tmp_path: Path) -> None:
    done = run("restore", tmp_path / "data", str(backup), key="n" * 50, BITP_SECRET_KEY_OLD=KEY)
    assert done.returncode == 0, done.stderr


def test_data_that_is_there_stays(backup: Path, tmp_path: Path) -> None:
    database = tmp_path / "data" / "bitp.sqlite3"
    database.parent.mkdir()
    database.write_bytes(b"precious")
    assert "never overwrites" in run("restore", tmp_path / "data", str(backup)).stderr
    assert database.read_bytes() == b"precious"


def test_a_folder_that_exists_is_not_written_to(original: Path, tmp_path: Path) -> None:
    data = original.parent / "data"
    done = run("backup", data, str(tmp_path))
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_half_a_backup_never_gets_its_name(original: Path, tmp_path: Path) -> None:
    done = run("backup", tmp_path / "nothing-here", str(tmp_path / "backup"))
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
