"""The few statements of the hot path, in plain SQL for SQLite and PostgreSQL.

Rows are written many at a time; tests run every function on both databases.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from bitp.desk.conversations.posting.post import DUPLICATE, Outcome, Prepared, Target

# Bound values in one statement stay below SQLite's 32,766.
ROWS_PER_STATEMENT = 400

_TARGET = (
    "id, reference, contact_id, inbox_id, thread, status, assignee_id, last_number, "
    "last_contact_number, last_agent_number, waiting_since_us, level, last_us, "
    "topic, language, queue, urgent_since_us"
)


def lock_targets(references: Sequence[str]) -> dict[str, Target]:
    """The conversations, locked in id order; one locked by somebody else is missing.

    (On SQLite the write lock is already ours.)
    """
    if not references:
        return {}
    marks = ", ".join(["%s"] * len(references))
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_TARGET} FROM conversations_conversation "
            f"WHERE reference IN ({marks}) ORDER BY id {skip}",
            list(references),
        )
        return {row[1]: Target(*row) for row in cursor.fetchall()}


def existing(references: Sequence[str]) -> set[str]:
    """Which of the references exist at all, locked or not."""
    if not references:
        return set()
    marks = ", ".join(["%s"] * len(references))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT reference FROM conversations_conversation WHERE reference IN ({marks})",
            list(references),
        )
        return {row[0] for row in cursor.fetchall()}


def reference_of_threads(threads: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The references of conversations by (contact, thread); missing where there is none."""
    wanted = list(threads)
    if not wanted:
        return {}
    pairs = " OR ".join(["(contact_id = %s AND thread = %s)"] * len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT contact_id, thread, reference FROM conversations_conversation WHERE {pairs}",
            [value for pair in wanted for value in pair],
        )
        return {(row[0], row[1]): row[2] for row in cursor.fetchall()}


def stored_before(keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], tuple[str, Outcome]]:
    """What is already stored under (inbox, external id): its sent digest and its outcome."""
    found: dict[tuple[int, str], tuple[str, Outcome]] = {}
    for inbox in {key[0] for key in keys}:
        ids = [external for key_inbox, external in keys if key_inbox == inbox]
        marks = ", ".join(["%s"] * len(ids))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT m.external_id, m.sent_digest, c.reference, m.number, m.text, m.at_us "
                "FROM conversations_message m "
                "JOIN conversations_conversation c ON c.id = m.conversation_id "
                f"WHERE m.inbox_id = %s AND m.external_id IN ({marks})",
                [inbox, *ids],
            )
            for external, digest, *outcome in cursor.fetchall():
                found[inbox, external] = (digest, Outcome(DUPLICATE, *outcome))
    return found


_MESSAGE = (
    "conversation_id, number, inbox_id, external_id, kind, is_note, author_kind, author, "
    "identity_id, text, parts, sent_digest, salt, evidence, level, at_us"
)
_MESSAGE_VALUES = "(" + ", ".join(["%s"] * 16) + ")"


def insert_messages(rows: Sequence[tuple[Target, int, Prepared]]) -> list[int]:
    """Inserts (conversation, number, item) rows; returns the messages' ids in order."""
    ids: list[int] = []
    for start in range(0, len(rows), ROWS_PER_STATEMENT):
        some = rows[start : start + ROWS_PER_STATEMENT]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO conversations_message ({_MESSAGE}) VALUES "
                f"{', '.join([_MESSAGE_VALUES] * len(some))} RETURNING id",
                [value for row in some for value in _message(*row)],
            )
            ids += sorted(row[0] for row in cursor.fetchall())
    return ids


def _message(target: Target, number: int, item: Prepared) -> tuple[Any, ...]:
    post = item.post
    return (
        target.pk,
        number,
        target.inbox,
        post.external_id,
        post.kind,
        post.is_note,
        post.author_kind,
        post.author,
        post.identity,
        item.text,
        post.parts,
        item.sent_digest,
        item.salt,
        post.evidence,
        post.level,
        post.received_us,
    )


def update_targets(targets: Iterable[Target]) -> None:
    """Writes back what posting changed on the conversations."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE conversations_conversation SET status = %s, last_number = %s, "
            "last_contact_number = %s, last_agent_number = %s, waiting_since_us = %s, "
            "level = %s, last_us = %s, urgent_since_us = %s WHERE id = %s",
            [
                (
                    each.status,
                    each.last_number,
                    each.last_contact_number,
                    each.last_agent_number,
                    each.waiting_since_us,
                    each.level,
                    each.last_us,
                    each.urgent_since_us,
                    each.pk,
                )
                for each in targets
            ],
        )


def insert_deliveries(message_ids: Sequence[int], channel: str, at_us: int) -> None:
    """One route per message: a chat message is on its way once it is in the log."""
    for start in range(0, len(message_ids), ROWS_PER_STATEMENT):
        some = message_ids[start : start + ROWS_PER_STATEMENT]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO conversations_delivery "
                "(message_id, channel, identity_id, state, reason, provider_id, attempts, "
                "changed_us) VALUES "
                + ", ".join(["(%s, %s, NULL, %s, %s, %s, 1, %s)"] * len(some)),
                [v for pk in some for v in (pk, channel, "sent", "", "", at_us)],
            )


def insert_waits(rows: Sequence[tuple[int, str, str, str, int, int]], agents: int) -> None:
    """Finished waits as (conversation, topic, language, queue, began_us, ended_us)."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO routing_wait "
            "(conversation_id, topic, language, queue, began_us, ended_us, agents) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(*row, agents) for row in rows],
        )
