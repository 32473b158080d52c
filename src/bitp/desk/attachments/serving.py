"""Giving a file out: whole or one range of it (RFC 9110), never as a page of ours."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from bitp.desk.attachments.errors import Busy, NotThere
from bitp.desk.attachments.models import Attachment
from bitp.desk.attachments.queries import check_given
from bitp.desk.attachments.storage import sealed_files
from bitp.lib.sealed import Damaged, KeyMissing, SealedReader

# Only what we drew ourselves is shown in place; everything else is downloaded.
SHOWN = frozenset({"image/jpeg", "image/png"})
THUMBNAIL_ENDINGS = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png"}
# The gateway takes this much ahead of a slow reader: such an answer holds no thread of ours.
AT_ONCE_BYTES = 256 * 1024
# A large file waits this long for its turn before the reader is told to come back.
TURN_S = 5.0
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Span(NamedTuple):
    """Bytes from start up to stop (not included)."""

    start: int
    stop: int


class Unsatisfiable(Exception):
    """The range lies behind the end."""


@cache
def _turns(threads: int) -> threading.BoundedSemaphore:
    """Slow readers of large files never take the last threads from everybody else."""
    return threading.BoundedSemaphore(max(1, threads // 2))


def give(request: HttpRequest, row: Attachment, *, thumbnail: bool = False) -> HttpResponseBase:
    """The file as an answer; raises NotThere, BeingChecked, Busy. Whether they may is settled."""
    check_given(row)
    name, key = (row.thumbnail_file, row.thumbnail_key) if thumbnail else (row.file, row.key)
    try:
        reader = sealed_files().open(name, key)
    except (Damaged, KeyMissing) as error:
        # Never a wrong byte: a damaged file is not there.
        raise NotThere from error
    try:
        answer = _answer(request, reader, etag_of(name))
    except BaseException:
        reader.close()
        raise
    return _marked(answer, row, etag_of(name), thumbnail)


def etag_of(name: str) -> str:
    """Strong: what lies under a name of the store never changes."""
    return f'"{hashlib.sha256(name.encode()).hexdigest()[:32]}"'


def _answer(request: HttpRequest, reader: SealedReader, etag: str) -> HttpResponseBase:
    size = reader.size_bytes
    if etag in request.headers.get("If-None-Match", ""):
        reader.close()
        return HttpResponse(status=304)
    try:
        asked = find_span(request, size, etag)
    except Unsatisfiable:
        reader.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    span = asked or Span(0, size)
    answer = _body(request, reader, span)
    answer["Content-Length"] = str(span.stop - span.start)
    if asked:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return answer


def find_span(request: HttpRequest, size: int, etag: str) -> Span | None:
    """The one range that is asked for; none: the whole. Raises Unsatisfiable.

    Several ranges, other units and what is not a range are ignored, as the standard allows.
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if found is None or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = found.groups()
    if not first:
        return _last_bytes(int(last or -1), size)
    start, stop = int(first), min(size, int(last) + 1 if last else size)
    if last and int(last) < start:
        return None
    if start >= size:
        raise Unsatisfiable
    return Span(start, stop)


def _last_bytes(count: int, size: int) -> Span | None:
    if count < 0:
        return None
    if not count or not size:
        raise Unsatisfiable
    return Span(max(0, size - count), size)


def _body(request: HttpRequest, reader: SealedReader, span: Span) -> HttpResponseBase:
    if request.method == "HEAD" or span.stop - span.start <= AT_ONCE_BYTES:
        with reader:
            parts = reader.parts(*span) if request.method != "HEAD" else ()
            return HttpResponse(b"".join(parts))
    turns = _turns(settings.ENVIRONMENT.web_threads)
    if not turns.acquire(timeout=TURN_S):
        raise Busy
    return StreamingHttpResponse(_Pouring(reader, span, turns))


class _Pouring:
    """The bytes of a large answer; lets go of file and turn however it ends."""

    def __init__(self, reader: SealedReader, span: Span, turns: threading.BoundedSemaphore) -> None:
        self._reader = reader
        self._parts = reader.parts(*span)
        self._turns = turns

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        """Called once by whoever sends the answer, also when the reader went away."""
        if not self._reader.closed:
            self._reader.close()
            self._turns.release()


def _marked(
    answer: HttpResponseBase, row: Attachment, etag: str, thumbnail: bool
) -> HttpResponseBase:
    """Says what it is, and that it is no page: no script, no frame, no guess at its type."""
    is_shown = thumbnail or row.type in SHOWN
    type_ = _thumbnail_type(answer, row) if thumbnail else row.type
    answer["Content-Type"] = "text/plain; charset=utf-8" if type_.startswith("text/") else type_
    disposition = content_disposition_header(not is_shown, row.name)
    assert disposition is not None
    answer["Content-Disposition"] = disposition
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    answer["Cache-Control"] = "private, no-store"
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = etag
    return answer


def _thumbnail_type(answer: HttpResponseBase, row: Attachment) -> str:
    head = answer.content[:2] if isinstance(answer, HttpResponse) else b""
    return THUMBNAIL_ENDINGS.get(head, row.type)
