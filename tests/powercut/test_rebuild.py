"""The model of the disk itself: what must survive a power cut, and what need not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.powercut.rebuild import rebuild
from tests.powercut.trace import Kind, Operation, Trace

pytestmark = pytest.mark.sqlite

SEEDS = range(60)
Outcomes = Callable[..., set[bytes | None]]


class Story:
    """A trace told step by step; each step takes two numbers."""

    def __init__(self, **initial: bytes) -> None:
        self.trace = Trace(dict(initial), [])

    def _add(self, kind: Kind, path: str, position: int = 0, data: bytes = b"") -> Story:
        seq = self.trace.last_seq + 1
        self.trace.operations.append(Operation(kind, seq, path, position, data, seq + 1))
        return self

    def create(self, path: str) -> Story:
        return self._add(Kind.CREATE, path)

    def write(self, path: str, position: int, data: bytes) -> Story:
        return self._add(Kind.WRITE, path, position, data)

    def truncate(self, path: str, length: int) -> Story:
        return self._add(Kind.TRUNCATE, path, length)

    def sync(self, path: str) -> Story:
        return self._add(Kind.SYNC, path)

    def unlink(self, path: str) -> Story:
        return self._add(Kind.UNLINK, path)

    def rename(self, path: str, to: str) -> Story:
        return self._add(Kind.RENAME, path, data=to.encode())


@pytest.fixture
def outcomes(tmp_path: Path) -> Outcomes:
    """outcomes(story, "file", cut) is everything that the file may hold; none: it may be gone."""

    def outcomes(story: Story, path: str, cut: int | None = None) -> set[bytes | None]:
        found: set[bytes | None] = set()
        for seed in SEEDS:
            into = tmp_path / str(len(list(tmp_path.iterdir())))
            into.mkdir()
            rebuild(story.trace, story.trace.last_seq if cut is None else cut, seed, into)
            file = into / path
            found.add(file.read_bytes() if file.exists() else None)
        return found

    return outcomes


def test_what_was_there_before_stays(outcomes: Outcomes) -> None:
    assert outcomes(Story(a=b"old"), "a") == {b"old"}


def test_what_was_synced_stays_whole(outcomes: Outcomes) -> None:
    story = Story(a=b"").write("a", 0, b"new" * 5000).sync("a")
    assert outcomes(story, "a") == {b"new" * 5000}


def test_what_was_not_synced_may_stay_or_go(outcomes: Outcomes) -> None:
    story = Story(a=b"old").write("a", 0, b"new")
    assert {b"old", b"new"} <= outcomes(story, "a")


def test_a_write_before_the_sync_ended_counts_only_if_it_had_ended_when_the_sync_began(
    outcomes: Outcomes,
) -> None:
    story = Story(a=b"old").write("a", 0, b"new").sync("a")
    write, sync = story.trace.operations
    assert sync.end is not None
    assert outcomes(story, "a", cut=sync.end) == {b"new"}
    assert b"old" in outcomes(story, "a", cut=sync.end - 1)
    write.end = sync.seq + 1
    sync.end += 2
    assert b"old" in outcomes(story, "a")


def test_what_came_after_the_cut_never_happened(outcomes: Outcomes) -> None:
    story = Story(a=b"old").write("a", 0, b"new").sync("a")
    assert outcomes(story, "a", cut=0) == {b"old"}


def test_a_write_may_be_torn_at_sectors_and_harms_nothing_beside_it(outcomes: Outcomes) -> None:
    story = Story(a=b"-" * 2000).write("a", 100, b"+" * 1500)
    found = outcomes(story, "a")
    sectors = [slice(100, 512), slice(512, 1024), slice(1024, 1536), slice(1536, 1600)]
    torn = 0
    for content in found:
        assert content is not None
        assert content[:100] + content[1600:] == b"-" * 500
        kinds = {content[sector][:1] for sector in sectors}
        torn += len(kinds & {b"-", b"+"}) == 2
    assert torn
    assert any(content and set(content) - set(b"+-") for content in found), "rubbish, at times"


def test_later_writes_may_survive_earlier_ones(outcomes: Outcomes) -> None:
    story = Story(a=b"--").write("a", 0, b"1").write("a", 1, b"2")
    assert {b"--", b"1-", b"-2", b"12"} <= outcomes(story, "a")


def test_a_hole_left_by_a_lost_write_is_filled_with_nothing(outcomes: Outcomes) -> None:
    story = Story(a=b"").write("a", 0, b"1").write("a", 1, b"2")
    assert b"\0002" in outcomes(story, "a")


def test_a_truncation_may_be_lost_until_it_is_synced(outcomes: Outcomes) -> None:
    story = Story(a=b"12345").truncate("a", 2)
    assert outcomes(story, "a") == {b"12", b"12345"}
    assert outcomes(story.sync("a"), "a") == {b"12"}


def test_a_new_file_may_vanish_until_its_folder_was_synced(outcomes: Outcomes) -> None:
    story = Story().create("a").write("a", 0, b"1").sync("a")
    assert outcomes(story, "a") == {None, b"1"}
    assert outcomes(story.sync("."), "a") == {b"1"}


def test_a_deleted_file_may_return_until_its_folder_was_synced(outcomes: Outcomes) -> None:
    story = Story(a=b"1").unlink("a")
    assert outcomes(story, "a") == {None, b"1"}
    assert outcomes(story.sync("."), "a") == {None}


def test_a_deleted_file_that_returns_is_the_old_one_and_not_its_successor(
    outcomes: Outcomes,
) -> None:
    story = Story(a=b"old").unlink("a").create("a").write("a", 0, b"new").sync("a")
    assert outcomes(story, "a") == {None, b"old", b"new"}
    assert outcomes(story.sync("."), "a") == {b"new"}


def test_a_rename_is_whole_or_not_at_all(outcomes: Outcomes) -> None:
    story = Story(a=b"old", b=b"new").rename("b", to="a")
    assert outcomes(story, "a") == {b"old", b"new"}
    assert outcomes(story.sync("."), "a") == {b"new"}
    assert outcomes(story, "b") == {None}


def test_other_folders_are_synced_by_themselves(outcomes: Outcomes) -> None:
    story = Story().create("in/a").write("in/a", 0, b"1").sync("in/a").sync(".")
    assert None in outcomes(story, "in/a")
    assert outcomes(story.sync("in"), "in/a") == {b"1"}


def test_sqlites_shared_memory_and_the_acknowledgements_are_left_out(outcomes: Outcomes) -> None:
    story = Story(**{"db-shm": b"1", "acks": b"1"})
    assert outcomes(story, "db-shm") == outcomes(story, "acks") == {None}


def test_an_operation_that_never_ended_is_never_safe(outcomes: Outcomes) -> None:
    story = Story(a=b"old").write("a", 0, b"new").sync("a")
    story.trace.operations[0].end = None
    assert {b"old", b"new"} <= outcomes(story, "a")


def test_the_same_seed_gives_the_same_files(tmp_path: Path) -> None:
    story = Story(a=b"-" * 9000).write("a", 0, b"+" * 9000)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        rebuild(story.trace, story.trace.last_seq, 7, tmp_path / name)
    assert (tmp_path / "one" / "a").read_bytes() == (tmp_path / "two" / "a").read_bytes()


def test_a_file_that_came_about_unseen_is_an_error_and_no_silent_gap(tmp_path: Path) -> None:
    story = Story().write("a", 0, b"1")
    with pytest.raises(KeyError):
        rebuild(story.trace, story.trace.last_seq, 0, tmp_path)
