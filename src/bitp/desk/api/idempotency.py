"""A request sent twice is done once: the answer is stored with the change, in one transaction.

A process that dies half-way leaves neither change nor answer; sent again, the request is done.
Whatever was refused is not stored: nothing was done, so it may be tried again.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.http import HttpRequest

from bitp.desk.api.errors import BadIdempotencyKey, KeyUsedOtherwise, StillRunning
from bitp.desk.api.models import Answered
from bitp.desk.api.rows import find_answer_row, insert_answer
from bitp.events import jobs
from bitp.lib.clock import now_us

HEADER = "Idempotency-Key"
KEY_CHARACTERS_MAX = 200
# Answers are repeated for this long.
KEPT_US = 24 * 3600 * 1_000_000
HOUR_US = 3600 * 1_000_000
# Old answers deleted in one transaction, so that writers never wait long.
FORGOTTEN_PER_TURN = 1_000
# Whoever comes too early asks again after this (seconds).
RETRY_S = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program gets: status and JSON text, without secrets (it is stored)."""

    status: int
    body: str
    is_repeated: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with its key. key: digest of subject, route and key; body: digest of the body."""

    key: str
    body: str


_running: set[str] = set()
_lock = threading.Lock()
_planned_hours: set[int] = set()


def read_key(request: HttpRequest) -> str:
    """The Idempotency-Key of the request, "" without one; raises BadIdempotencyKey."""
    key = request.headers.get(HEADER)
    if key is None:
        return ""
    if not (0 < len(key) <= KEY_CHARACTERS_MAX and key.isascii() and key.isprintable()):
        raise BadIdempotencyKey
    return key


def answer_once(
    request: HttpRequest, subject: str, route: str, act: Callable[[], Answer]
) -> Answer:
    """Does ``act`` and stores its answer with what it writes, or repeats the stored answer.

    ``subject``: who asks; ``route``: what is asked, without the values in it. Without a key
    ``act`` is just done. Raises KeyUsedOtherwise (422), StillRunning (409), BadIdempotencyKey.
    """
    key = read_key(request)
    if not key:
        with transaction.atomic():
            return act()
    asked = Asked(_digest(f"{subject}\n{route}\n{key}"), _digest_of(request))
    with _alone(asked.key):
        return _find_answer(asked) or _act(asked, act)


def _act(asked: Asked, act: Callable[[], Answer]) -> Answer:
    try:
        with transaction.atomic():
            _check_alone(asked.key)
            answer = act()
            _store(asked, answer)
    except IntegrityError:
        # Another process was faster with the same key: its change stands, ours is undone.
        if found := _find_answer(asked):
            return found
        raise
    return answer


def _find_answer(asked: Asked) -> Answer | None:
    row = find_answer_row(asked.key)
    if row is None:
        return None
    body, status, answer, at_us = row
    if at_us <= now_us() - KEPT_US:
        Answered.objects.filter(key=asked.key, at_us=at_us).delete()
        return None
    if body != asked.body:
        raise KeyUsedOtherwise
    return Answer(status, answer, is_repeated=True)


def _store(asked: Asked, answer: Answer) -> None:
    moment_us = now_us()
    insert_answer(asked.key, asked.body, answer.status, answer.body, moment_us)
    hour = moment_us // HOUR_US
    if hour not in _planned_hours:
        due_us = (hour + 1) * HOUR_US + KEPT_US
        jobs.put("api.forget_answers", f"api.forget_answers:{hour}", {}, due_us)
        transaction.on_commit(lambda: _planned_hours.add(hour))


def forget_old_answers() -> int:
    """Deletes what is not repeated any more; returns how many."""
    old = Answered.objects.filter(at_us__lte=now_us() - KEPT_US).order_by("at_us")
    forgotten = 0
    while ids := list(old.values_list("pk", flat=True)[:FORGOTTEN_PER_TURN]):
        forgotten += Answered.objects.filter(pk__in=ids).delete()[0]
    return forgotten


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """Nobody else in this process has the key meanwhile; raises StillRunning."""
    with _lock:
        if key in _running:
            raise StillRunning({"Retry-After": str(RETRY_S)})
        _running.add(key)
    try:
        yield
    finally:
        with _lock:
            _running.discard(key)


def _check_alone(key: str) -> None:
    """Nobody in another process has it either; on SQLite the write lock already says so."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        # A lock of this transaction, by 60 bits of the digest.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [int(key[:15], 16)])
        (is_ours,) = cursor.fetchone()
    if not is_ours:
        raise StillRunning({"Retry-After": str(RETRY_S)})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _digest_of(request: HttpRequest) -> str:
    return hashlib.sha256(request.body).hexdigest()
