"""The few statements of every request, in plain SQL for SQLite and PostgreSQL.

Most of what a small request costs is Django making SQL of a query anew; tests run every function
on both databases.
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from bitp.desk.api.models import ApiToken
from bitp.desk.api.shapes import time_of
from bitp.desk.channels.changes import SITE_INBOX, site_inbox
from bitp.desk.staff.models import Member
from bitp.identity.models import User

_TOKEN = ("id", "name", "owner_id", "prefix", "scopes", "expires_us", "last_used_us")
_OWNER = ("id", "user_id", "alias", "role")


def _one(sql: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def find_token_row(secret_hash: str, moment_us: int) -> ApiToken | None:
    """The token with its owner, if it lets a program in now; read as queries.usable_tokens."""
    row = _one(
        "SELECT t.id, t.name, t.owner_id, t.prefix, t.scopes, t.expires_us, t.last_used_us, "
        "m.id, m.user_id, m.alias, m.role FROM api_apitoken t "
        "JOIN staff_member m ON m.id = t.owner_id JOIN identity_user u ON u.id = m.user_id "
        "WHERE t.secret_hash = %s AND t.revoked_us = 0 AND u.is_active "
        "AND (t.expires_us = 0 OR t.expires_us > %s)",
        [secret_hash, moment_us],
    )
    if row is None:
        return None
    token = ApiToken.from_db("default", _TOKEN, row[: len(_TOKEN)])
    token.owner = Member.from_db("default", _OWNER, row[len(_TOKEN) :])
    token.owner.user = User.from_db("default", ("id", "is_active"), (token.owner.user_id, True))
    return token


def find_answer_row(key: str) -> tuple[str, int, str, int] | None:
    """(asked, status, body, at_us) of what was answered under the key."""
    row = _one("SELECT asked, status, body, at_us FROM api_answered WHERE key = %s", [key])
    return (row[0], row[1], row[2], row[3]) if row else None


def insert_answer(key: str, asked: str, status: int, body: str, at_us: int) -> None:
    """Stores an answer; raises IntegrityError when there is one under the key."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_answered (key, asked, status, body, at_us) "
            "VALUES (%s, %s, %s, %s, %s)",
            [key, asked, status, body, at_us],
        )


def find_contact_id(reference: str) -> int | None:
    """The id of a contact by its reference."""
    row = _one("SELECT id FROM contacts_contact WHERE reference = %s", [reference])
    return row[0] if row else None


def site_inbox_id() -> int:
    """The id of the inbox of our own pages."""
    row = _one("SELECT id FROM channels_inbox WHERE key = %s", [SITE_INBOX])
    return row[0] if row else site_inbox().pk


def new_conversation_shape(reference: str) -> dict[str, Any]:
    """shapes.conversation_shape of a conversation that this transaction has opened."""
    row = _one(
        "SELECT k.reference, k.name, k.customer, c.topic, c.status, c.language, c.level, "
        "c.created_us, c.last_us, c.waiting_since_us, c.last_number "
        "FROM conversations_conversation c JOIN contacts_contact k ON k.id = c.contact_id "
        "WHERE c.reference = %s",
        [reference],
    )
    assert row is not None
    contact, name, customer, topic, status, language, level, *times, last_number = row
    created, last, waiting = (time_of(each) if each else None for each in times)
    return {
        "reference": reference,
        "contact": {"reference": contact, "name": name, "customer": bool(customer)},
        "topic": topic,
        "status": status,
        "language": language,
        "level": level,
        "assignee": None,
        "created_at": created,
        "last_message_at": last,
        "waiting_since": waiting,
        "last_number": last_number,
    }
