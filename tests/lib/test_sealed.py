"""Sealed files: what goes in comes out whole, or not at all."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bitp.lib.sealed import Damaged, KeyMissing, MasterKeys, Sealed, SealedStore
from bitp.lib.sealed.form import CHUNK_BYTES, MARK, STORED_CHUNK_BYTES

SECRET = "the installation's secret, long enough for a test of it"
# Around the borders of a chunk is where mistakes live.
SIZES = st.one_of(
    st.integers(0, 300),
    st.integers(-2, 2).map(lambda more: CHUNK_BYTES + more),
    st.integers(-2, 2).map(lambda more: 3 * CHUNK_BYTES + more),
)


@pytest.fixture
def store(tmp_path: Path) -> SealedStore:
    return SealedStore(tmp_path, MasterKeys(SECRET))


def content_of(size_bytes: int, seed: int = 1) -> bytes:
    return (seed.to_bytes(2, "big") + b"passport %d " * 9 + os.urandom(7)) * (size_bytes // 90 + 1)


def keep(store: SealedStore, content: bytes, piece_bytes: int = 10_000) -> Sealed:
    with store.create() as writer:
        for start in range(0, len(content), piece_bytes):
            writer.write(content[start : start + piece_bytes])
        return writer.commit()


def read(store: SealedStore, kept: Sealed) -> bytes:
    with store.open(kept.name, kept.key) as reader:
        return b"".join(reader.parts())


def place(folder: Path, kept: Sealed) -> Path:
    return folder / kept.name[:2] / kept.name


@settings(max_examples=60, deadline=None)
@given(size=SIZES, piece=st.integers(1, 200_000), data=st.data())
def test_any_content_and_any_range_of_it_comes_back(
    tmp_path_factory: pytest.TempPathFactory, size: int, piece: int, data: st.DataObject
) -> None:
    store = SealedStore(tmp_path_factory.mktemp("sealed"), MasterKeys(SECRET))
    content = content_of(size)[:size]
    kept = keep(store, content, max(piece, 1 + size // 200))
    assert kept.size_bytes == size
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    start = data.draw(st.integers(0, size + 10))
    stop = data.draw(st.integers(0, size + 10))
    with store.open(kept.name, kept.key) as reader:
        assert reader.size_bytes == size
        assert b"".join(reader.parts()) == content
        assert b"".join(reader.parts(start, stop)) == content[start:stop]
        reader.seek(start)
        assert reader.read(50) == content[start:][:50]


@settings(max_examples=60, deadline=None)
@given(size=SIZES, data=st.data())
def test_a_file_that_was_altered_anywhere_gives_no_wrong_byte(
    tmp_path_factory: pytest.TempPathFactory, size: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("sealed")
    store = SealedStore(folder, MasterKeys(SECRET))
    kept = keep(store, content_of(size)[:size])
    raw = bytearray(place(folder, kept).read_bytes())
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    place(folder, kept).write_bytes(raw)
    with pytest.raises(Damaged):
        read(store, kept)


@pytest.mark.parametrize("cut_bytes", [1, 16, 17, STORED_CHUNK_BYTES, STORED_CHUNK_BYTES + 1])
def test_a_file_that_was_cut_is_refused_before_its_first_byte(
    store: SealedStore, tmp_path: Path, cut_bytes: int
) -> None:
    kept = keep(store, content_of(3 * CHUNK_BYTES))
    path = place(tmp_path, kept)
    path.write_bytes(path.read_bytes()[:-cut_bytes])
    with pytest.raises(Damaged):
        store.open(kept.name, kept.key)


def test_chunks_cannot_change_places(store: SealedStore, tmp_path: Path) -> None:
    kept = keep(store, content_of(4 * CHUNK_BYTES))
    path = place(tmp_path, kept)
    raw = path.read_bytes()
    first, second = len(MARK), len(MARK) + STORED_CHUNK_BYTES
    one, two = raw[first:second], raw[second : second + STORED_CHUNK_BYTES]
    path.write_bytes(MARK + two + one + raw[second + STORED_CHUNK_BYTES :])
    with pytest.raises(Damaged):
        read(store, kept)


def test_a_file_put_in_the_place_of_another_is_refused(store: SealedStore, tmp_path: Path) -> None:
    alices, mallorys = keep(store, b"Alice's passport"), keep(store, b"Mallory's passport")
    place(tmp_path, alices).write_bytes(place(tmp_path, mallorys).read_bytes())
    with pytest.raises(Damaged):
        read(store, alices)
    with pytest.raises(KeyMissing):
        store.open(alices.name, mallorys.key)


def test_nothing_of_the_content_stands_on_the_disk(store: SealedStore, tmp_path: Path) -> None:
    kept = keep(store, b"canary-in-a-passport" * 1_000)
    assert b"canary" not in place(tmp_path, kept).read_bytes()
    assert place(tmp_path, kept).stat().st_mode & 0o077 == 0


def test_a_name_that_is_a_path_is_no_file(store: SealedStore) -> None:
    for name in ("../../etc/passwd", "", "a" * 31, "A" * 32):
        with pytest.raises(Damaged):
            store.open(name, "x:y")


def test_after_a_rotation_the_old_key_opens_and_a_rewrapped_one_needs_it_no_more(
    tmp_path: Path,
) -> None:
    kept = keep(SealedStore(tmp_path, MasterKeys(SECRET)), b"before")
    during = SealedStore(tmp_path, MasterKeys("a new secret", [SECRET]))
    assert read(during, kept) == b"before"
    rewrapped = kept._replace(key=during.keys.rewrap(kept.key, kept.name))
    after = SealedStore(tmp_path, MasterKeys("a new secret"))
    assert read(after, rewrapped) == b"before"
    with pytest.raises(KeyMissing):
        read(after, kept)


def test_a_forgotten_key_is_an_erased_file(store: SealedStore) -> None:
    kept = keep(store, b"to be erased")
    for forgotten in ("", "nonsense", kept.key[:20]):
        with pytest.raises(KeyMissing):
            store.open(kept.name, forgotten)


def test_without_commit_nothing_stays(store: SealedStore, tmp_path: Path) -> None:
    def break_off() -> None:
        with store.create() as writer:
            writer.write(b"half of a file" * 100_000)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


KILLED = """
import os, signal, sys
from pathlib import Path
from bitp.lib.sealed import MasterKeys, SealedStore
store = SealedStore(Path(sys.argv[1]), MasterKeys("secret"))
writer = store.create()
writer.write(os.urandom(300_000))
if sys.argv[2] == "synced":
    os.replace = Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    writer.commit()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("when", ["writing", "synced"])
def test_a_killed_writer_leaves_no_file_under_a_name(tmp_path: Path, when: str) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path), when], check=False)
    assert ended.returncode == -9
    store = SealedStore(tmp_path, MasterKeys("secret"))
    assert list(store.names(older_than_s=-1)) == []
    assert store.drop_unfinished(older_than_s=3600) == 0
    assert store.drop_unfinished(older_than_s=-1) == 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_removed_file_is_gone_and_may_be_removed_again(store: SealedStore) -> None:
    kept = keep(store, b"x")
    assert list(store.names(older_than_s=-1)) == [kept.name]
    assert list(store.names(older_than_s=60)) == []
    store.remove(kept.name)
    store.remove(kept.name)
    assert list(store.names(older_than_s=-1)) == []
