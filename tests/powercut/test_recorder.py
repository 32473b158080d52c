"""The recording itself: nothing is overlooked, and what cannot be recorded is refused."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.powercut.recorder import Recorder, is_available, record
from tests.powercut.trace import Kind, Trace

pytestmark = [
    pytest.mark.sqlite,
    pytest.mark.skipif(not is_available(), reason="needs Linux and gcc"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    return made


def record_python(folder: Path, *lines: str) -> Trace:
    start = ("import os, sys", f"os.chdir({str(folder)!r})")
    return record([sys.executable, "-c", "\n".join([*start, *lines])], folder)


def told(trace: Trace) -> list[tuple[str, str, int, bytes]]:
    return [(each.kind.name, each.path, each.position, each.data) for each in trace.operations]


def test_every_kind_of_change_is_recorded_in_order(folder: Path) -> None:
    (folder / "old").write_bytes(b"before")
    trace = record_python(
        folder,
        "fd = os.open('a', os.O_RDWR | os.O_CREAT)",
        "os.write(fd, b'12'); os.write(fd, b'34'); os.pwrite(fd, b'x', 1); os.ftruncate(fd, 3)",
        "os.fsync(fd); os.fdatasync(fd); os.close(fd)",
        "fd = os.open('.', os.O_RDONLY); os.fsync(fd); os.close(fd)",
        "fd = os.open('old', os.O_WRONLY | os.O_APPEND); os.write(fd, b'!'); os.close(fd)",
        "os.close(os.open('old', os.O_WRONLY | os.O_TRUNC)); os.truncate('old', 5)",
        "os.rename('old', 'new'); os.unlink('new')",
    )
    assert trace.initial == {"old": b"before"}
    assert told(trace) == [
        ("CREATE", "a", 0, b""),
        ("WRITE", "a", 0, b"12"),
        ("WRITE", "a", 2, b"34"),
        ("WRITE", "a", 1, b"x"),
        ("TRUNCATE", "a", 3, b""),
        ("SYNC", "a", 0, b""),
        ("SYNC", "a", 0, b""),
        ("SYNC", ".", 0, b""),
        ("WRITE", "old", 6, b"!"),
        ("TRUNCATE", "old", 0, b""),
        ("TRUNCATE", "old", 5, b""),
        ("RENAME", "old", 0, b"new"),
        ("UNLINK", "new", 0, b""),
    ]
    assert all(each.end and each.end > each.seq for each in trace.operations)


def test_what_failed_is_left_out(folder: Path) -> None:
    trace = record_python(
        folder,
        "fd = os.open('a', os.O_RDONLY | os.O_CREAT)",
        "try: os.write(fd, b'1')",
        "except OSError: pass",
        "try: os.unlink('missing')",
        "except OSError: pass",
    )
    assert told(trace) == [("CREATE", "a", 0, b"")]


def test_other_folders_pipes_and_sockets_are_not_recorded(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "data-2").mkdir()
    trace = record_python(
        folder,
        f"open({str(tmp_path)!r} + '/data-2/b', 'w').write('1')",
        "r, w = os.pipe(); os.write(w, b'1')",
        "import socket; a, b = socket.socketpair(); os.write(a.fileno(), b'1')",
        "print('hello', file=sys.stderr)",
    )
    assert told(trace) == []


def test_a_way_around_by_links_and_descriptors_is_seen_through(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(folder)
    trace = record_python(
        folder,
        f"fd = os.open({str(tmp_path)!r} + '/link/a', os.O_WRONLY | os.O_CREAT)",
        "os.write(os.dup(fd), b'1')",
        f"os.unlink({str(tmp_path)!r} + '/link/../link/a')",
        "os.write(fd, b'2')",
    )
    assert [each.path for each in trace.operations] == ["a", "a", "a", "a (deleted)"]


def test_children_and_threads_are_recorded_in_one_order(folder: Path) -> None:
    trace = record_python(
        folder,
        "import subprocess, threading",
        "def write(name):",
        "    fd = os.open(name, os.O_WRONLY | os.O_CREAT)",
        "    for n in range(50): os.write(fd, b'%d' % n); os.fsync(fd)",
        "if len(sys.argv) == 1:",
        "    child = subprocess.Popen([sys.executable, *sys.orig_argv[1:], 'child'])",
        "    threads = [threading.Thread(target=write, args=(f't{n}',)) for n in range(3)]",
        "    [thread.start() for thread in threads]; [thread.join() for thread in threads]",
        "    if os.fork() == 0: write('forked'); os._exit(0)",
        "    os.wait(); child.wait()",
        "else: write('child')",
    )
    for name in ("t0", "t1", "t2", "forked", "child"):
        written = [each.data for each in trace.operations if each.path == name and each.data]
        assert written == [b"%d" % number for number in range(50)]
    numbers = [each.seq for each in trace.operations]
    numbers += [each.end for each in trace.operations if each.end]
    assert len(set(numbers)) == len(numbers)


def test_a_shared_mapping_cannot_be_recorded_and_is_refused(folder: Path) -> None:
    (folder / "a").write_bytes(b"123")
    with pytest.raises(ValueError, match="mmap on a cannot be recorded"):
        record_python(folder, "import mmap; mmap.mmap(os.open('a', os.O_RDWR), 3)")


def test_faster_ways_to_write_are_recorded_as_plain_writes(folder: Path) -> None:
    (folder / "b").write_bytes(b"12345")
    trace = record_python(
        folder,
        "fd = os.open('a', os.O_RDWR | os.O_CREAT)",
        "assert os.writev(fd, [b'', b'1', b'2']) == 1",
        "assert os.pwritev(fd, [b'3', b'4'], 7) == 1",
        "import shutil; shutil.copyfile('b', 'c')",
        "try: os.copy_file_range(os.open('b', os.O_RDONLY), fd, 5)",
        "except OSError: pass",
        "try: os.posix_fallocate(fd, 0, 100)",
        "except OSError: pass",
    )
    assert [each for each in told(trace) if each[0] == "WRITE"] == [
        ("WRITE", "a", 0, b"1"),
        ("WRITE", "a", 7, b"3"),
        ("WRITE", "c", 0, b"12345"),
    ]
    assert (folder / "c").read_bytes() == b"12345"
    assert (folder / "a").read_bytes() == b"1" + bytes(6) + b"3"


def test_a_command_that_fails_is_no_recording(folder: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        record_python(folder, "sys.exit(3)")


def test_acknowledgements_stand_in_the_same_order(folder: Path) -> None:
    trace = record_python(
        folder,
        "from pathlib import Path",
        "from tests.powercut.recorder import acknowledge",
        "fd = os.open('a', os.O_WRONLY | os.O_CREAT)",
        "os.write(fd, b'1'); os.fsync(fd); acknowledge(Path(), 'one')",
        "os.write(fd, b'2'); os.fsync(fd); acknowledge(Path(), 'two', 'three')",
    )
    (first, one), (second, two), (third, three) = trace.acks()
    assert (one, two, three) == ("one", "two", "three")
    assert first < second == third
    syncs = [each.end or 0 for each in trace.operations if each.kind is Kind.SYNC]
    assert syncs[0] < first < syncs[1] < second
    assert trace.acknowledged_by(first - 1) == set()
    assert trace.acknowledged_by(first) == {"one"}
    assert trace.acknowledged_by(trace.last_seq) == {"one", "two", "three"}


def test_the_disk_can_be_made_full_and_empty_again(folder: Path) -> None:
    recorder = Recorder(folder)
    lines = (
        "import os, sys",
        "fd = os.open(sys.argv[1] + '/a', os.O_WRONLY | os.O_CREAT)",
        "for line in sys.stdin:",
        "    at, _, data = line.strip().partition(' ')",
        "    try: print(os.pwrite(fd, data.encode(), int(at)), flush=True)",
        "    except OSError as error: print(error.strerror, flush=True)",
    )
    command = [sys.executable, "-c", "\n".join(lines), str(folder)]
    environment = {**os.environ, **recorder.environment}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env=environment) as process:

        def write(at: int, data: str) -> str:
            assert process.stdin
            assert process.stdout
            print(at, data, file=process.stdin, flush=True)
            return process.stdout.readline().strip()

        assert write(0, "12") == "2"
        recorder.set_full(True)
        assert write(1, "345") == "No space left on device"
        assert write(0, "21") == "2"
        recorder.set_full(False)
        assert write(1, "345") == "3"
    assert [each.data for each in recorder.read().operations[1:]] == [b"12", b"21", b"345"]
    recorder.discard()
