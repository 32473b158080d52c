"""Putting into the index what it lacks, and telling whether index and messages agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from bitp.desk.conversations.models import Message
from bitp.desk.search.index import Entry, add_to_index
from bitp.desk.search.tokens import tokens_of

# Messages put in by one transaction: other writers wait about 20 ms for it.
LOT = 500
# Messages looked at for what lacks in one go.
LOOKED_AT = 10_000
# Every row of the index by its message: FTS5 keeps their sizes in a table that is cheap to read.
_COUNT = {
    "sqlite": "SELECT count(*), count(*) - count(k.id) FROM conversations_message m "
    "LEFT JOIN search_words_docsize k ON k.id = m.id WHERE m.kind <> 'system'",
    "postgresql": "SELECT count(*), count(*) - count(k.message_id) FROM conversations_message m "
    "LEFT JOIN search_words k ON k.message_id = m.id WHERE m.kind <> 'system'",
}
_STRAYS = {
    "sqlite": "SELECT k.id FROM search_words_docsize k WHERE NOT EXISTS "
    "(SELECT 1 FROM conversations_message m WHERE m.id = k.id)",
    "postgresql": "SELECT k.message_id FROM search_words k WHERE NOT EXISTS "
    "(SELECT 1 FROM conversations_message m WHERE m.id = k.message_id)",
}
_FORGET = {
    "sqlite": "DELETE FROM search_words WHERE rowid = %s",
    "postgresql": "DELETE FROM search_words WHERE message_id = %s",
}
_LACKING = {
    "sqlite": "SELECT m.id FROM conversations_message m "
    "LEFT JOIN search_words_docsize k ON k.id = m.id WHERE m.id >= %s AND m.id < %s "
    "AND m.kind <> 'system' AND k.id IS NULL ORDER BY m.id DESC",
    "postgresql": "SELECT m.id FROM conversations_message m "
    "LEFT JOIN search_words k ON k.message_id = m.id WHERE m.id >= %s AND m.id < %s "
    "AND m.kind <> 'system' AND k.message_id IS NULL ORDER BY m.id DESC",
}
_EMPTY = {
    "sqlite": "INSERT INTO search_words (search_words) VALUES ('delete-all')",
    "postgresql": "TRUNCATE search_words",
}
_COMPACT = {
    "sqlite": "INSERT INTO search_words (search_words) VALUES ('optimize')",
    "postgresql": "REINDEX TABLE search_words",
}


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of messages that the index lacks, and of its rows whose message is gone."""

    messages: int
    lacking: int
    left_over: int

    @property
    def is_complete(self) -> bool:
        """Whether everything can be found, and nothing that is gone."""
        return not (self.lacking or self.left_over)

    def says(self) -> str:
        """In a line for operators."""
        if self.is_complete:
            return f"agrees with the {self.messages} messages"
        return f"lacks {self.lacking} of {self.messages} messages, {self.left_over} left over"


def check_agreement() -> Agreement:
    """Looks at every message: a second for a million of them."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT[connection.vendor])
        messages, lacking = cursor.fetchone()
    return Agreement(messages, lacking, len(_strays()))


def _strays() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS[connection.vendor])
        return [row[0] for row in cursor.fetchall()]


def fill(below: int = 0) -> Iterator[tuple[int, int]]:
    """Puts in what lacks below this id (0: all), the latest first.

    Yields (messages put in, id to go on below) after each lot; a second run finds nothing to do.
    """
    below = below or _highest() + 1
    while below > 1:
        lowest = max(1, below - LOOKED_AT)
        for lot in _lots(_lacking(lowest, below)):
            yield _put(lot), lot[-1]
        below = lowest
        yield 0, below


def forget_strays() -> None:
    """Takes out rows whose message is gone."""
    strays = _strays()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(_FORGET[connection.vendor], [(each,) for each in strays])


def empty() -> None:
    """Takes everything out, for an index that is to be made anew."""
    _run(_EMPTY[connection.vendor])


def compact() -> None:
    """Writes the index anew, so that nothing is left of what was taken out of it."""
    _run(_COMPACT[connection.vendor])


def _run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _highest() -> int:
    return Message.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _lacking(lowest: int, below: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_LACKING[connection.vendor], [lowest, below])
        return [row[0] for row in cursor.fetchall()]


def _lots(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), LOT):
        yield ids[start : start + LOT]


def _put(ids: list[int]) -> int:
    """Reads and tokenises before the transaction; inside, what was erased since is left out."""
    entries = _entries(ids)
    with transaction.atomic():
        still = set(
            Message.objects.select_for_update(of=("self",))
            .filter(pk__in=ids)
            .values_list("pk", flat=True)
        )
        add_to_index([each for each in entries if each.message in still])
    return len(still)


def _entries(ids: list[int]) -> list[Entry]:
    rows = Message.objects.filter(pk__in=ids).select_related("conversation")
    return [
        Entry(
            row.pk,
            row.conversation_id,
            row.conversation.reference,
            row.number,
            row.is_note,
            row.at_us,
            tokens_of(row.text),
        )
        for row in rows
    ]
